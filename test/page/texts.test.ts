import { describe, expect, test } from 'vitest';
import { ACTION_WORDS } from '#console/src/sentences';
import { partsOf, plainly } from '#console/src/text/said';
import { reachedStep } from '#console/src/text/steps';
import { relativeTo } from '#console/src/text/time';
import { answerTo } from '#console/src/views/why/answer';
import { actions, traitsOf } from '#lib/actions/traits';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

test('the words of the actions are those of their traits', () => {
  const words = actions.map((action) => {
    const { vendorName, verified } = traitsOf(action);
    return [action, { vendorName, verified }];
  });
  expect(ACTION_WORDS).toEqual({ ...Object.fromEntries(words), notify: ACTION_WORDS.notify });
});

test('times and remediations in a text are found, and nothing of it is lost', () => {
  const text =
    'it waits: remediation 0b18043d42b15e95 entered the state at 2026-11-30T06:53:19.669Z, and remediation goes on';
  const parts = partsOf(text);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  expect(parts.filter(({ kind }) => kind !== 'text')).toEqual([
    { kind: 'remediation', text: '0b18043d42b15e95' },
    { kind: 'time', text: '2026-11-30T06:53:19.669Z' },
  ]);
  expect(plainly(text, 'Asia/Shanghai')).toContain(
    'remediation 0b18043d entered the state at 2026-11-30 14:53:19 +08:00',
  );
});

test.each([
  ['2026-11-20T09:59:59.000Z', 'now'],
  ['2026-11-20T09:57:00.000Z', '3 min ago'],
  ['2026-11-20T12:30:00.000Z', 'in 2 h'],
  ['no time', 'no time'],
])('%s is %s', (at, said) => {
  expect(relativeTo(at, NOW)).toBe(said);
});

test.each([
  ['submitting', [], 1, 'going'],
  ['submitting', ['intent'], 2, 'going'],
  ['deferred', [], 1, 'waiting'],
  ['verifying', ['call', 'job'], 4, 'going'],
  ['needs-human', ['call'], 2, 'bad'],
  ['needs-human', ['call', 'job', 'verify'], 4, 'bad'],
  ['succeeded', [], 5, 'good'],
] as const)('%s after %j is at step %i', (state, steps, at, is) => {
  const remediation = { state, receipts: steps.map((step) => ({ at: '', step })) };
  expect(reachedStep(remediation as never)).toEqual({ at, is });
});

/** An alert of the journal, with its outcome. */
const alert = (ignored?: string) => ({
  alert: 'f',
  labels: { alertname: 'CardLost' },
  ...(ignored === undefined ? { remediation: 'r1' } : { ignored }),
});

describe('why', () => {
  const nothing = { asked: 'n1', node: undefined, remediation: undefined, events: [], remediations: [] };

  test('says that nothing is known, and the likely reason', () => {
    expect(answerTo(nothing, NOW)).toEqual([
      'Poolkeeper knows nothing of n1.',
      expect.stringContaining('its sender has not sent it, or names the node in another way'),
    ]);
  });

  test('names the alerts without effect with their reasons, the most frequent first', () => {
    const events = [
      { delivery: 'd', at: ago(3), source: 'smn', alerts: [alert('no rule matches it')] },
      {
        delivery: 'd',
        at: ago(9),
        source: 'smn',
        alerts: [alert('the pool is unknown'), alert('no rule matches it'), alert()],
      },
    ];
    expect(answerTo({ ...nothing, events }, NOW)).toEqual([
      '4 alerts about n1 came in the last 30 days, the newest (CardLost) 3 min ago. 1 of them led to a remediation.',
      '2 alerts had no effect: No rule matches it.',
      '1 alert had no effect: The pool is unknown.',
      'Poolkeeper has opened no remediation for it.',
    ]);
  });

  test('tells the newest remediation of a node with its state and reason', () => {
    const one = {
      id: 'r1',
      action: 'reset-nodes',
      nodes: ['n1'],
      state: 'deferred',
      why: 'the window is closed',
      createdAt: ago(60),
    };
    const node = {
      node: 'n1',
      pool: 'p',
      state: 'waiting' as const,
      why: 'a command for it waits',
      alerts: [{ alert: 'f' }],
    };
    expect(answerTo({ ...nothing, node, remediations: [one] as never }, NOW)).toEqual([
      'The node n1 is waiting: a command for it waits. 1 alert fires for it.',
      'No alert of the last 30 days names it.',
      'The newest of 1 remediation is “Reset n1”, accepted 1 h ago. Its state is “waiting”: The window is closed.',
    ]);
  });
});
