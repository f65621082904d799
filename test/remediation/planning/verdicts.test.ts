import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ActionDefinition } from '#lib/actions/action';
import type { Verdict } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';
import { decide, type Findings } from '#lib/remediation/planning/decide';
import {
  guardReceipts,
  handedOver,
  isDeferred,
  type Judged,
  refuseWithGroup,
} from '#lib/remediation/planning/verdicts';
import { at, factsOf, MINUTE, poolOfNodes } from '#test/capacity/pool-facts';
import { runs } from '#test/runs';

const YES: Verdict = { guard: 'yes', allowed: true, why: 'yes' };
const LATER: Verdict = { guard: 'later', allowed: false, defers: true, why: 'later' };
const TIMED: Verdict = { ...LATER, guard: 'timed', until: at(MINUTE) };
const UNKNOWN: Verdict = { ...TIMED, guard: 'unknown', unknown: true };
const NEVER: Verdict = { guard: 'never', allowed: false, why: 'never' };
const COOLDOWN: Verdict = { ...NEVER, guard: 'cooldown', until: at(MINUTE) };
const PERSON: Verdict = { ...NEVER, guard: 'person', handsOver: true, why: 'a person' };

const nodes = poolOfNodes(4);
const judged = (of: string, ...verdicts: Verdict[]): Judged => ({ facts: factsOf(nodes, { of }), verdicts });

describe('a target that several guards refuse', () => {
  test.each<[string, Verdict[], boolean]>([
    ['is not deferred if none does', [YES], false],
    ['is deferred if all that refuse it are', [YES, LATER, TIMED], true],
    ['is refused if one refuses it for good', [LATER, NEVER], false],
    ['is a person’s if one hands it over', [LATER, PERSON], false],
  ])('%s', (_name, verdicts, deferred) => {
    expect(isDeferred(judged('n1', ...verdicts))).toBe(deferred);
  });

  test.each<[string, Verdict[], string | undefined]>([
    ['only by those that defer it', [LATER, TIMED], undefined],
    ['also to a person', [LATER, PERSON], 'a person'],
    ['also to a person, and until a time', [COOLDOWN, PERSON], 'a person'],
    ['also to a person, and for good', [NEVER, PERSON], undefined],
  ])('%s', (_name, verdicts, why) => {
    expect(handedOver(judged('n1', ...verdicts))).toBe(why);
  });
});

describe('a group that goes as a whole', () => {
  const ofGroup = {
    wholeOf: ({ target }: { target: string }) => (target === 'n4' ? undefined : 'the group'),
  };
  const asked = (...all: Judged[]) =>
    refuseWithGroup(all, ofGroup as unknown as ActionDefinition<Record<string, unknown>>).map((one) =>
      one.verdicts.every(({ allowed }) => allowed) ? 'goes' : isDeferred(one) ? 'waits' : 'refused',
    );

  test.each<[string, Verdict[][], string[]]>([
    ['goes if each does', [[YES], [YES]], ['goes', 'goes']],
    ['waits for one that waits', [[YES], [LATER]], ['waits', 'waits']],
    ['is refused with one that is', [[YES], [NEVER]], ['refused', 'refused']],
    [
      'does not wait for one if another is refused',
      [[LATER], [NEVER], [YES]],
      ['refused', 'refused', 'refused'],
    ],
    ['nor in another order', [[NEVER], [LATER], [YES]], ['refused', 'refused', 'refused']],
    [
      'takes no other node along',
      [[NEVER], [NEVER], [NEVER], [YES]],
      ['refused', 'refused', 'refused', 'goes'],
    ],
  ])('%s', (_name, verdicts, expected) => {
    expect(asked(...verdicts.map((some, index) => judged(`n${index + 1}`, ...some)))).toEqual(expected);
  });
});

test('of many wordings of one guard the last one is kept, for all of their nodes', () => {
  const many = poolOfNodes(12);
  const all = many.map(
    ({ name }, index): Judged => ({
      facts: factsOf(many, { of: name }),
      verdicts: [{ guard: 'budget', allowed: true, why: `with it ${index + 1}` }],
    }),
  );
  expect(guardReceipts(all)).toEqual([
    {
      step: 'guard',
      guard: 'budget',
      allowed: true,
      why: 'with it 12',
      targets: many.map(({ name }) => name),
    },
  ]);
  expect(guardReceipts(all.slice(0, 10))).toHaveLength(10);
});

const PLAN = { hash: 'h', at: at(0), request: {}, basis: [] };
type Known = Partial<Pick<Remediation, 'approval' | 'outcomes' | 'ladder'>>;

function decided(known: Known, more: Partial<Findings>) {
  const remediation = { action: 'reset-nodes', outcomes: {}, ...known } as Remediation;
  const found: Findings = {
    mode: 'act',
    said: 'the command says act',
    plan: PLAN,
    allowed: [],
    deferred: [],
    refused: [],
    done: undefined,
    stops: undefined,
    ...more,
  };
  return decide(remediation, found).phase ?? 'carried out';
}

describe('the decision about a command', () => {
  const { facts } = judged('n1');
  const allowed = [facts];
  const deferred = [judged('n2', LATER)];
  const unknown = [judged('n3', UNKNOWN)];
  const approved = { approval: { hash: 'h', by: 'ada', at: at(0) } };
  const stale = { approval: { hash: 'other', by: 'ada', at: at(0) } };
  const begun: Known = { outcomes: { n1: { state: 'failed' } } };

  test.each<[string, Known, Partial<Findings>, string]>([
    ['acts on what is allowed', {}, { allowed }, 'carried out'],
    ['acts on it though other nodes wait', {}, { allowed, deferred }, 'carried out'],
    ['waits if all do', {}, { deferred }, 'waiting'],
    ['waits without a plan', {}, { deferred, plan: undefined }, 'waiting'],
    ['succeeds if nothing is left', {}, { done: 'it is so' }, 'succeeded'],
    ['asks a person', {}, { mode: 'approve', allowed }, 'planned'],
    ['asks a person also while nodes wait', {}, { mode: 'approve', allowed, deferred }, 'planned'],
    [
      'asks no person about nodes that too little is known about',
      {},
      { mode: 'approve', allowed, deferred: [...deferred, ...unknown] },
      'waiting',
    ],
    ['acts on an approved plan', approved, { mode: 'approve', allowed }, 'carried out'],
    ['acts on all of it, or waits', approved, { mode: 'approve', allowed, deferred }, 'waiting'],
    ['asks again about another plan', stale, { mode: 'approve', allowed }, 'planned'],
    [
      'does not ask again about the rest of it',
      { ...stale, ...begun },
      { mode: 'approve', allowed },
      'carried out',
    ],
    ['asks about nodes that have failed without an approval', begun, { mode: 'approve', allowed }, 'planned'],
    ['observes', {}, { mode: 'observe', allowed }, 'observed'],
    [
      'does not try again what has failed, and is only observed now',
      begun,
      { mode: 'observe', allowed },
      'failed',
    ],
    ['skips', {}, { plan: undefined, refused: [judged('n1', NEVER)] }, 'skipped'],
    ['hands over', {}, { plan: undefined, refused: [judged('n1', PERSON)] }, 'needs-human'],
    [
      'hands over a ladder that stops',
      {},
      { plan: undefined, refused: [judged('n1', NEVER)], stops: 'never' },
      'needs-human',
    ],
  ])('%s', (_name, known, more, phase) => {
    expect(decided(known, more)).toBe(phase);
  });
});

test('no plan is carried out in part, or without its approval, with any verdicts of the guards', () => {
  const verdict = fc.constantFrom(YES, LATER, TIMED, UNKNOWN, NEVER, COOLDOWN, PERSON);
  const approval = fc.option(fc.constantFrom('h', 'other'), { nil: undefined });
  fc.assert(
    fc.property(fc.array(verdict, { minLength: 1, maxLength: 4 }), approval, (verdicts, hash) => {
      const all = verdicts.map((one, index) => judged(`n${index + 1}`, one));
      const allowed = all.filter((one) => one.verdicts.every((each) => each.allowed)).map((one) => one.facts);
      const deferred = all.filter(isDeferred);
      const phase = decided(hash === undefined ? {} : { approval: { hash, by: 'ada', at: at(0) } }, {
        mode: 'approve',
        plan: allowed.length + deferred.length > 0 ? PLAN : undefined,
        allowed,
        deferred,
        refused: all.filter((one) => !allowed.includes(one.facts) && !deferred.includes(one)),
      });
      if (phase !== 'carried out') return;
      expect({ hash, deferred }).toEqual({ hash: 'h', deferred: [] });
    }),
    { numRuns: runs(200) },
  );
});
