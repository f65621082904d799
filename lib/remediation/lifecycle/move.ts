import { jsonBytes } from '#lib/json-bytes';
import type { RemediationChange } from '#lib/ledger/change-remediation';
import { MAX_OUTCOME_BYTES } from '#lib/ledger/limits';
import { type Phase, stateIn } from '#lib/ledger/phase';
import type { NewReceipt } from '#lib/ledger/receipts/receipt';
import { inPhase, type Remediation } from '#lib/ledger/remediation';
import type { RemediationFields } from '#lib/ledger/remediation-fields';
import { counted } from '#lib/metrics/embedded';
import { Deferrals, WITHOUT_GUARD } from '#lib/metrics/table';
import { type OutboxServices, updateWithOutbox } from '#lib/remediation/record/outbox';
import { poolOf } from '#lib/rules/pool';
import { withPerson } from './for-person.ts';
import { checkTransition, type Subject, type Target, type TransitionName } from './transitions.ts';

/** The changes of a remediation's fields, and its next phase. Without a phase it stays in its own. */
export type Changes<To extends Phase = Phase> = Partial<Omit<RemediationFields, 'id' | 'receiptChain'>> & {
  phase?: To;
};

/** A transition before it is stored: its name, the changes, and the receipts that explain it to people. Only this room makes one. */
export type Recorded = { by: TransitionName; changes: Changes; receipts: readonly NewReceipt[] };

/** Makes a transition. The types allow only the phases in the table of transitions. */
export function transition<Name extends TransitionName>(
  current: Subject<Name>,
  by: Name,
  changes: Changes<Target<Name>>,
  ...receipts: readonly NewReceipt[]
): Recorded {
  return { by, changes: withPerson(current, changes), receipts };
}

/**
 * Stores a transition of a remediation. `next` decides on the remediation as it is stored at that moment, and is free of side
 * effects; if it returns undefined, the remediation stays as it is.
 *
 * @param now epoch milliseconds.
 * @returns the remediation as it is stored afterwards, and whether this call wrote it.
 */
export async function recordRemediation(
  services: OutboxServices,
  id: string,
  now: number,
  next: (current: Remediation) => Recorded | undefined,
): Promise<{ stored: Remediation | undefined; written: boolean }> {
  let last: Recorded | undefined;
  const { value: stored, written } = await updateWithOutbox(services, id, (current) => {
    last = current && next(current);
    return current && last && moved(current, last, now);
  });
  if (written && stored && last) countDeferral(stored, last, services, now);
  return { stored, written };
}

/** Counts a deferral, with the first guard that defers it, or the reason without a guard. */
function countDeferral(
  { id, pool }: Remediation,
  { receipts }: Recorded,
  { rules, log }: OutboxServices,
  now: number,
): void {
  const said = receipts.find((receipt) => receipt.step === 'defer' && 'until' in receipt);
  if (said?.step !== 'defer') return;
  const without = WITHOUT_GUARD.find((reason) => reason in said) ?? 'not-sent';
  const reason = said.guards?.[0] ?? without;
  const labels = { reason, pool: poolOf(rules, pool)?.name ?? pool };
  log?.info('comes back later', { correlationId: id, ...counted(Deferrals, 1, labels, now) });
}

/**
 * A remediation after a transition, with the new receipts. `now`: epoch milliseconds.
 *
 * @throws IllegalPhaseError if the transition does not lead to this phase.
 */
export function moved(
  remediation: Remediation,
  { by, changes, receipts }: Recorded,
  now: number,
): RemediationChange {
  checkTransition(remediation, by, changes.phase ?? remediation.phase);
  const at = new Date(now).toISOString();
  return {
    remediation: changed(remediation, changes, now),
    receipts: receipts.map((receipt) => ({ at, ...receipt })),
  };
}

/** A remediation after some changes. `now`: epoch milliseconds. */
export function changed(
  remediation: Remediation,
  { phase: to, ...changes }: Changes,
  now: number,
): Remediation {
  const at = new Date(now).toISOString();
  const phase = to ?? remediation.phase;
  const state = phase === remediation.phase ? remediation.state : stateIn(phase, remediation.phase);
  const fields = {
    ...remediation,
    // Any change of the phase ends the hand-over.
    ...(to !== undefined && { handedOver: undefined }),
    ...changes,
    ...(changes.outcomes && { outcomes: boundedOutcomes(changes.outcomes) }),
    updatedAt: at,
    ...(state !== remediation.state && {
      stateSince: laterThan(remediation.stateSince ?? remediation.createdAt, at),
    }),
  };
  return inPhase(fields, phase, state);
}

/** `at`, or the first moment after `before`: clocks may differ, and a fast machine may write twice in a moment. */
function laterThan(before: string, at: string): string {
  return at > before ? at : new Date(Date.parse(before) + 1).toISOString();
}

/** The lengths to which the reasons of many nodes are cut, one after the other, until they fit. */
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
