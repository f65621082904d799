import { boundedReceipts } from '#lib/ledger/bounded-receipts';
import { updateDocument } from '#lib/ledger/change';
import { jsonBytes, MAX_OUTCOME_BYTES } from '#lib/ledger/limits';
import type { NewReceipt } from '#lib/ledger/receipt';
import {
  inPhase,
  type Phase,
  type Remediation,
  type RemediationFields,
  remediationKey,
  remediationKind,
  stateIn,
} from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { withPerson } from './for-person.ts';
import { checkTransition, type TransitionName } from './transitions.ts';

/** What may change of a remediation, and the phase into which it comes. */
export type Changes = Partial<Omit<RemediationFields, 'id' | 'receipts'>> & { phase?: Phase };

/** What is recorded about a remediation: by which transition, what changes, and the receipts that tell people why. */
export type Recorded = { by: TransitionName; changes: Changes; receipts: readonly NewReceipt[] };

/**
 * Records something about a remediation, unless `applies` says that it has moved on in the meantime.
 *
 * @returns the remediation as it is stored then.
 */
export async function recordRemediation(
  store: Store,
  id: string,
  now: number,
  applies: (current: Remediation) => boolean,
  outcome: (current: Remediation) => Recorded,
): Promise<Remediation | undefined> {
  return (await recordIfAllowed(store, id, now, applies, outcome)).stored;
}

/** The same for who has to know whether it was recorded here: what follows from it is then this caller's to do. */
export async function recordIfAllowed(
  store: Store,
  id: string,
  now: number,
  applies: (current: Remediation) => boolean,
  outcome: (current: Remediation) => Recorded,
): Promise<{ stored: Remediation | undefined; written: boolean }> {
  const { value: stored, written } = await updateDocument(
    store,
    remediationKind,
    remediationKey(id),
    (current) => (current && applies(current) ? moved(current, outcome(current), now) : undefined),
  );
  return { stored, written };
}

/**
 * A remediation after a transition. `now`: epoch milliseconds.
 *
 * @throws IllegalPhaseError where the transition does not lead there.
 */
export function moved(
  remediation: Remediation,
  { by, changes, receipts }: Recorded,
  now: number,
): Remediation {
  const whole = withPerson(remediation, changes);
  checkTransition(remediation, by, whole.phase ?? remediation.phase);
  return changed(remediation, whole, receipts, now);
}

/** A remediation with something changed, and what people are told of it. */
export function changed(
  remediation: Remediation,
  { phase: to, ...changes }: Changes,
  receipts: readonly NewReceipt[],
  now: number,
): Remediation {
  const at = new Date(now).toISOString();
  const phase = to ?? remediation.phase;
  const state = phase === remediation.phase ? remediation.state : stateIn(phase, remediation.phase);
  const fields = {
    ...remediation,
    // Whatever else becomes of what was handed over ends that.
    ...(to !== undefined && { handedOver: undefined }),
    ...changes,
    ...(changes.outcomes && { outcomes: boundedOutcomes(changes.outcomes) }),
    updatedAt: at,
    ...(state !== remediation.state && {
      stateSince: laterThan(remediation.stateSince ?? remediation.createdAt, at),
    }),
    receipts: boundedReceipts([...remediation.receipts, ...receipts.map((receipt) => ({ at, ...receipt }))]),
  };
  return inPhase(fields, phase, state);
}

/** `at`, or the first moment after `before`: two machines may not agree on the time, nor a fast one move it on. */
function laterThan(before: string, at: string): string {
  return at > before ? at : new Date(Date.parse(before) + 1).toISOString();
}

/** To so many characters the reasons of many nodes are cut, one after the other, until they fit. */
const REASON_CHARACTERS = [80, 30, 0];

function boundedOutcomes(outcomes: Remediation['outcomes']): Remediation['outcomes'] {
  let bounded = outcomes;
  for (const characters of REASON_CHARACTERS) {
    if (jsonBytes(bounded) <= MAX_OUTCOME_BYTES) return bounded;
    bounded = withReasons(outcomes, characters);
  }
  return bounded;
}

function withReasons(outcomes: Remediation['outcomes'], characters: number): Remediation['outcomes'] {
  const cut = Object.entries(outcomes).map(([target, { why = '', ...outcome }]) => {
    const kept = why.slice(0, characters);
    return [target, { ...outcome, ...(kept !== '' && { why: kept }) }] as const;
  });
  return Object.fromEntries(cut);
}
