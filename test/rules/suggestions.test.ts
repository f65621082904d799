import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actions } from '#lib/actions/traits';
import { parseRules, RulesError } from '#lib/rules/parse/parse';
import { actionMeant } from '#lib/rules/suggestions/action';
import { nearestTimezone, suggestTimezone } from '#lib/rules/suggestions/timezone';
import { runs } from '#test/runs';

const OPERATIONS = [
  'reboot',
  'restart',
  'drain',
  'cordon',
  'uncordon',
  'isolate',
  'repair',
  'replace',
  'remove',
  'recreate',
  'reimage',
  'reinstall',
  'rebuild',
  'upgrade',
  'stop',
  'start',
  'evict',
  'tag',
  'untag',
  'move',
  'scale',
  'shrink',
  'resize',
  'recover',
  'retire',
  'restore',
];
const TARGETS = ['node', 'nodes', 'node-pool', 'nodepool', 'pool', 'event'];

function messageFor(key: string): string {
  const text = `pools: { a: { id: pool-a } }\nrules:\n  - { name: r, node: { from: labels.n }, pool: a, ladder: [{ ${JSON.stringify(key)}: {} }] }`;
  try {
    parseRules(text, 'r.yml');
  } catch (error) {
    if (error instanceof RulesError) return error.message;
    throw error;
  }
  return '';
}

describe('a suggestion of an action', () => {
  test('never changes the operation', () => {
    for (const operation of OPERATIONS)
      for (const target of TARGETS) expect(actionMeant(`${operation}-${target}`, actions)).toBeUndefined();
  });

  test.each(['reboot-nodes', 'delete-nodes', 'restart-node', 'remove-node-pool'])(
    'is none for %s: the message says what the actions do',
    (key) => {
      const message = messageFor(key);
      expect(message).not.toContain('did you mean');
      expect(message).toContain(
        'there is no such action. The actions are: reset-nodes (reset the node to its initial state; its data is lost); update-nodes (change tags',
      );
    },
  );

  test('is the action itself after one slip, and never another one', () => {
    const letter = fc.constantFrom(...Array.from('abcdeprst'));
    fc.assert(
      fc.property(
        fc.constantFrom(...actions),
        fc.nat(20),
        letter,
        fc.constantFrom('add', 'drop', 'change'),
        (action, at, other, kind) => {
          const place = at % action.length;
          const slip =
            action.slice(0, place) +
            (kind === 'drop' ? '' : other) +
            action.slice(kind === 'add' ? place : place + 1);
          expect([action, undefined]).toContain(actionMeant(slip, actions));
        },
      ),
      { numRuns: runs(5_000) },
    );
  });

  test('never leads from the name of one action to another one', () => {
    for (const action of actions) {
      const others = actions.filter((one) => one !== action);
      expect(actionMeant(action, others)).toBeUndefined();
    }
    expect(messageFor('reset-node')).toContain('did you mean "reset-nodes"?');
    expect(messageFor('resetNodes')).toContain('did you mean "reset-nodes"?');
    expect(messageFor('delete-nodepool')).toContain('did you mean "delete-node-pool"?');
    expect(messageFor('notfy')).toContain('did you mean "notify"?');
  });
});

describe('a suggestion of a time zone', () => {
  test.each([
    ['Asia/Bejing', 'Asia/Shanghai'],
    ['Asia/Beijing', 'Asia/Shanghai'],
    ['Beijing', 'Asia/Shanghai'],
    ['America/Beijing', 'Asia/Shanghai'],
    ['Asia/Shangai', 'Asia/Shanghai'],
    ['China Standard Time', 'Asia/Shanghai'],
    ['Europe/Munich', 'Europe/Berlin'],
    ['Europe/Berln', 'Europe/Berlin'],
    ['Europ/Paris', 'Europe/Paris'],
    ['America/San Francisco', 'America/Los_Angeles'],
    ['America/NewYork', 'America/New_York'],
    ['São Paulo', 'America/Sao_Paulo'],
    ['Mars/Olympus', undefined],
    ['Europe/Beijng', undefined],
    ['', undefined],
  ])('for %j is %j', (name, expected) => {
    expect(nearestTimezone(name)).toBe(expected);
  });

  test.each([
    ['CST', 'Asia/Shanghai or America/Chicago'],
    ['UTC+8', 'an offset has no rules for summer time'],
    ['GMT-05:00', 'an offset has no rules for summer time'],
  ])('for %j names what it may mean', (name, says) => {
    expect(suggestTimezone(name)).toContain(says);
  });

  test('after one slip stays in its part of the world', () => {
    const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/'));
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.nat(30),
        fc.constantFrom(...Array.from('aeinrst')),
        (zone, at, letter) => {
          const slash = zone.lastIndexOf('/');
          const place = slash + 1 + (at % (zone.length - slash - 1));
          const slip = zone.slice(0, place) + letter + zone.slice(place + 1);
          // Some slips are the exact name of another city: Lome, Rome and Nome.
          const city = slip.slice(slash).toLowerCase();
          fc.pre(!zones.some((other) => other.toLowerCase().endsWith(city)));
          const meant = nearestTimezone(slip);
          if (meant !== undefined) expect(meant.split('/')[0]).toBe(zone.split('/')[0]);
        },
      ),
      { numRuns: runs(60) },
    );
  });
});
