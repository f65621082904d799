import type { Call } from '#lib/ledger/call';
import { hasEnded } from '#lib/ledger/phase';
import type { Remediation } from '#lib/ledger/remediation';
import { isPartOf } from '#lib/remediation/record/outcome';
import { type Recorded, transition } from './move.ts';
import { isBegun, withoutUncalled } from './outcomes.ts';
import { phaseAfterCall } from './state-of.ts';
import { canStart, type Subject } from './transitions.ts';

/** A person who takes a command back: `by` is the name of the credential, `note` the body's own `by`. */
type By = { by: string; note?: string | undefined };

/** Whether a person has taken a command back. */
export function isWithdrawn({ withdrawnBy }: Pick<Remediation, 'withdrawnBy'>): boolean {
  return withdrawnBy !== undefined;
}

/**
 * Why a command cannot be taken back, as a sentence that begins after its name. Undefined if it can: no call is under way for it, and
 * none may have been made unseen. The called nodes of a command with several stay as they are.
 *
 * @param call the last call that it was part of.
 */
export function whyNotWithdrawn(remediation: Remediation, call: Call | undefined): string | undefined {
  const { state, why, phase, unsure, nodePool, acceptedCalls = [] } = remediation;
  if (hasEnded(state)) return `has ended as ${state}${why === undefined ? '' : `: ${why}`}`;
  if (phase === 'rung-failed') return 'did not help, and its ladder goes on';
  if (!canStart(remediation, 'withdraw')) return `is ${state}: its call was made, and Poolkeeper follows it`;
  const left = call && whyCallIsLeft(remediation, call);
  if (left !== undefined) return left;
  if (unsure || call?.unsure)
    return 'may have been called: an answer was lost, and the same request is sent again';
  if (nodePool !== undefined && acceptedCalls.length > 0)
    return 'was called: its node pool may be changing, and Poolkeeper follows it';
  return undefined;
}

/** Why the last call of a command may still become one, or was one. Undefined if it never will be, or is on record already. */
function whyCallIsLeft(remediation: Remediation, { id, state }: Call): string | undefined {
  switch (state) {
    case 'preparing':
      return 'is about to be called. Ask again in a minute';
    case 'calling':
    case 'lost':
      return 'may have been called: Poolkeeper is finding out';
    case 'accepted':
    case 'ended':
      return isPartOf(remediation, id) ? undefined : 'was called, and this is about to be recorded';
    case 'abandoned':
    case 'refused':
      return undefined;
  }
}

/**
 * A person takes back the rest of a command that waits. If no node of it was called, it ends as `rejected`: as with a plan, a person
 * has decided against it, and no firing of the same alert brings it back. (A skipped command would be judged again.) Otherwise it goes
 * on for its called nodes, or ends as they did.
 */
export function withdraw(current: Subject<'withdraw'>, { by, note }: By): Recorded {
  const why = `${by} withdrew it`;
  const outcomes = withoutUncalled(current.outcomes, why);
  const receipt = { step: 'withdrawn' as const, by, ...(note !== undefined && { note }) };
  const changes = { outcomes, withdrawnBy: by };
  if (isBegun({ outcomes })) {
    const rest = { ...changes, phase: phaseAfterCall(outcomes), why: `${by} withdrew the rest of it` };
    return transition(current, 'withdraw', rest, receipt);
  }
  const forPerson = Object.entries(outcomes).find(([, outcome]) => outcome.forPerson);
  if (forPerson) {
    const [target, outcome] = forPerson;
    const still = `${why}; a person must still see to ${target}: ${outcome.why}`;
    return transition(current, 'withdraw', { ...changes, phase: 'needs-human', why: still }, receipt);
  }
  return transition(current, 'withdraw', { ...changes, phase: 'rejected', why }, receipt);
}
