import { expect, test } from 'vitest';
import { freed, heldUnder, isNeeded, lastDone } from '#lib/capacity/hold-need';
import type { Call } from '#lib/ledger/call';
import type { Remediation } from '#lib/ledger/remediation';

const NODE = 'os-node-created-lv29s';

function held(
  state: Remediation['state'],
  outcome: string | undefined,
  callState: Call['state'] | 'none',
  { action = 'reset-nodes', releasedBy }: { action?: string; releasedBy?: string } = {},
) {
  const remediation = {
    id: 'r-1',
    state,
    action,
    nodes: [NODE],
    parameters: {},
    outcomes: outcome === undefined ? {} : { [NODE]: { state: outcome } },
    intendedAt: '2026-11-20T10:00:00.000Z',
    ...(releasedBy && { releasedBy }),
    updatedAt: '2026-11-20T11:00:00.000Z',
  } as unknown as Remediation;
  const call = { state: callState, members: [{ remediation: 'r-1', targets: [NODE] }] } as unknown as Call;
  return heldUnder(remediation, NODE, callState === 'none' ? undefined : call)!;
}

test.each([
  // Its command is on its way, with any outcome of its last call.
  ['submitting', undefined, 'none', true],
  ['submitting', 'running', 'abandoned', true],
  ['submitting', 'running', 'lost', true],
  // It waits, and holds nothing meanwhile but what was accepted.
  ['deferred', 'running', 'refused', false],
  ['deferred', 'failed', 'accepted', false],
  ['deferred', 'verifying', 'accepted', true],
  ['awaiting-approval', undefined, 'none', false],
  ['running', 'running', 'accepted', true],
  ['running', 'skipped', 'accepted', false],
  ['verifying', 'verifying', 'accepted', true],
  ['verifying', 'succeeded', 'accepted', false],
  // A call that cannot be undone may still be under way, also after a notice to a person.
  ['needs-human', 'running', 'accepted', true],
  ['needs-human', 'running', 'lost', true],
  ['needs-human', 'running', 'calling', true],
  ['needs-human', 'running', 'ended', true],
  ['needs-human', 'verifying', 'ended', true],
  ['needs-human', 'running', 'refused', false],
  ['needs-human', 'running', 'abandoned', false],
  ['needs-human', 'running', 'none', false],
  ['needs-human', 'failed', 'ended', false],
  ['succeeded', 'succeeded', 'ended', false],
  ['failed', 'failed', 'accepted', false],
  ['skipped', 'skipped', 'none', false],
  ['rejected', undefined, 'none', false],
] as const)(
  'a reset that is %s, its node %s, its call %s: needs its hold: %s',
  (state, outcome, call, needed) => {
    expect(isNeeded(held(state, outcome, call))).toBe(needed);
  },
);

test.each([
  // Its attempt died before its call, or the API refused that: nothing was spent.
  ['deferred', undefined, 'none', 'uncalled'],
  ['deferred', 'waiting', 'none', 'uncalled'],
  ['skipped', 'skipped', 'none', 'uncalled'],
  ['deferred', 'running', 'abandoned', 'uncalled'],
  ['needs-human', 'running', 'refused', 'uncalled'],
  // Another process may be about to send it.
  ['needs-human', 'running', 'preparing', 'released'],
  // It was called, or by an earlier call.
  ['needs-human', 'running', 'lost', 'released'],
  ['needs-human', 'running', 'ended', 'released'],
  ['needs-human', 'verifying', 'none', 'released'],
  ['succeeded', 'succeeded', 'none', 'released'],
  ['failed', 'failed', 'refused', 'released'],
] as const)(
  'a reset that is %s, its node %s, its call %s: its node is %s',
  (state, outcome, call, result) => {
    expect(freed(held(state, outcome, call)).result).toBe(result);
  },
);

test('a rung that did not help needs its hold until it has ended', () => {
  const rung = { root: 'r-1', rung: 0, failedAt: '2026-11-20T10:30:00.000Z' };
  const of = (state: Remediation['state'], phase = state === 'verifying' ? 'rung-failed' : state) => {
    const found = held(state, 'failed', 'accepted');
    const remediation = { ...found.remediation, phase, state, ladder: rung } as Remediation;
    return { ...found, remediation };
  };
  expect(isNeeded(of('verifying'))).toBe(true);
  expect(isNeeded(of('escalated'))).toBe(false);
  expect(isNeeded(of('needs-human'))).toBe(false);
});

test('a change of a node pool that may have been made needs its hold while it waits to be made again', () => {
  const found = held('deferred', 'running', 'refused', { action: 'update-node-pool' });
  const changed = { phase: 'waiting', nodePool: 'np-1', callId: 'call-1' };
  const isNeededWith = (more: object) =>
    isNeeded({ ...found, remediation: Object.assign({ ...found.remediation }, changed, more) });
  expect(isNeededWith({})).toBe(true);
  expect(isNeededWith({ callId: undefined })).toBe(false);
  expect(isNeededWith({ phase: 'needs-human', state: 'needs-human' })).toBe(false);
});

test('a change that can be made again needs its hold no longer than its call is followed', () => {
  const action = 'update-node-pool';
  expect(isNeeded(held('needs-human', 'running', 'accepted', { action }))).toBe(true);
  expect(isNeeded(held('needs-human', 'verifying', 'ended', { action }))).toBe(false);
});

test('what a person has released is not needed any more', () => {
  expect(isNeeded(held('needs-human', 'running', 'ended', { releasedBy: 'ada' }))).toBe(false);
  expect(isNeeded(held('needs-human', 'running', 'lost', { releasedBy: 'ada' }))).toBe(false);
});

test('only a call that may have been carried out counts for the cooldown', () => {
  const last = {
    remediation: 'r-1',
    action: 'reset-nodes',
    calledAt: '2026-11-20T10:00:00.000Z',
    endedAt: '2026-11-20T11:00:00.000Z',
  };
  expect(lastDone(held('succeeded', 'succeeded', 'ended'))).toEqual({ ...last, outcome: 'succeeded' });
  expect(lastDone(held('needs-human', 'running', 'lost'))).toEqual({ ...last, outcome: 'unknown' });
  expect(lastDone(held('needs-human', 'running', 'refused'))).toBeUndefined();
  expect(lastDone(held('skipped', 'skipped', 'ended'))).toBeUndefined();
  expect(lastDone(held('succeeded', 'succeeded', 'ended', { action: 'update-nodes' }))).toBeUndefined();
});
