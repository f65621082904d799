import { type Call, isFollowed } from '#lib/ledger/call';
import type { NodeRecord } from '#lib/ledger/node-record';
import { hasEnded } from '#lib/ledger/phase';
import type { Remediation } from '#lib/ledger/remediation';
import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import { everyTarget } from '#lib/remediation/record/open';
import { isDestructive, lastOf, mayUndoOthers } from '#lib/remediation/record/outcome';
import { holdName } from './holds.ts';
import type { Released } from './release.ts';

/**
 * A target of a remediation: its state, whether its last call is still followed, whether there was a call, and whether there
 * certainly was none.
 */
export type HoldStanding = {
  remediation: Remediation;
  target: string;
  /** The name of its hold. */
  heldAs: string;
  outcome: NodeOutcome['state'] | undefined;
  isFollowed: boolean;
  wasCalled: boolean;
  isUncalled: boolean;
};

/** Every possible hold of a remediation. `call`: the last call that it was part of. */
export function heldBy(remediation: Remediation, call: Call | undefined): HoldStanding[] {
  const { id, outcomes } = remediation;
  return everyTarget(remediation).map((target) => {
    const isIn = call?.members.some((one) => one.remediation === id && one.targets.includes(target));
    const own = isIn ? call : undefined;
    const outcome = outcomes[target]?.state;
    const wasCalled = own !== undefined && (isFollowed(own) || own.state === 'ended');
    return {
      remediation,
      target,
      heldAs: holdName(remediation, target),
      outcome,
      isFollowed: own !== undefined && isFollowed(own),
      wasCalled,
      isUncalled: !wasCalled && own?.state !== 'preparing' && !isCheckedAfterCall(outcome),
    };
  });
}

/** The target of a remediation that may be held under this name. Undefined: none. */
export function heldUnder(
  remediation: Remediation,
  name: string,
  call: Call | undefined,
): HoldStanding | undefined {
  return heldBy(remediation, call).find(({ heldAs }) => heldAs === name);
}

/** Whether a remediation still needs its hold, or a call may still act on the target for it. */
export function isNeeded(held: HoldStanding): boolean {
  const { state, action } = held.remediation;
  // Its command is on the queue, or returns to it.
  if (state === 'submitting') return true;
  if (mayUndoOthers(held.remediation)) return true;
  // The next rung waits for the node until this one has ended.
  if (held.remediation.phase === 'rung-failed') return true;
  if (isSettled(held) || isReleased(held.remediation)) return false;
  if (held.isFollowed || (held.outcome === 'verifying' && !hasEnded(state))) return true;
  if (state === 'running' || state === 'verifying') return true;
  // A destructive call may still be at work after Poolkeeper gave it up. Without a call nothing can be.
  return state === 'needs-human' && isDestructive(action) && held.wasCalled;
}

/** The destructive call for a target, for its record. Undefined if there was none. */
export function lastDone(held: HoldStanding): NodeRecord['last'] {
  if (!held.wasCalled || held.outcome === 'skipped') return undefined;
  const { remediation } = held;
  return lastOf(remediation, isSettled(held) ? held.outcome : 'unknown', remediation.updatedAt);
}

/**
 * A target that is released because nothing works on it: a person says so, or its remediation needs it no more. If its attempt died
 * before the call, nothing was spent.
 */
export function freed(held: HoldStanding): Released {
  const last = lastDone(held);
  return { result: held.isUncalled ? 'uncalled' : 'released', ...(last && { last }) };
}

/** Whether only a call leads to this outcome. Its call may be an earlier one than the last. */
function isCheckedAfterCall(outcome: NodeOutcome['state'] | undefined): boolean {
  return outcome === 'verifying' || outcome === 'succeeded' || outcome === 'failed';
}

/** Whether a person has stated that nothing works on the targets of a remediation any more. */
export function isReleased({ state, releasedBy }: Pick<Remediation, 'state' | 'releasedBy'>): boolean {
  return state === 'needs-human' && releasedBy !== undefined;
}

function isSettled(
  held: HoldStanding,
): held is HoldStanding & { outcome: 'succeeded' | 'failed' | 'skipped' } {
  return held.outcome === 'succeeded' || held.outcome === 'failed' || held.outcome === 'skipped';
}
