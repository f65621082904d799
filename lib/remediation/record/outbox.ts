import { updateRemediation } from '#lib/ledger/change-remediation';
import { MAX_NOTIFIED } from '#lib/ledger/limits';
import { hasEnded } from '#lib/ledger/phase';
import type { Remediation } from '#lib/ledger/remediation';
import type { Document } from '#lib/ledger/store';
import { counted } from '#lib/metrics/embedded';
import { Outcomes } from '#lib/metrics/table';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';
import { closesIncident, wantsState } from '#lib/rules/wanted';
import { sendNotice } from './send-notice.ts';
import type { RemediationServices } from './services.ts';

/** The services for a change of a remediation: people hear of it. */
export type OutboxServices = Pick<RemediationServices, 'store' | 'rules' | 'notices' | 'log'>;

/** One entry of a remediation into a state. A remediation may enter the same state several times. */
export type Entry = NonNullable<Remediation['untold']>[number];

/** The entry into a remediation's present state. */
export function entryOf({
  state,
  stateSince,
  createdAt,
}: Pick<Remediation, 'state' | 'stateSince' | 'createdAt'>): Entry {
  return { state, since: stateSince ?? createdAt };
}

/**
 * Changes a remediation as `updateRemediation` does. If it enters a state that a recipient wants to hear of, or that closes the incident of
 * a recipient, the same write puts the entry into its outbox (`untold`), and a notice goes on its queue afterwards. The write stands even if that fails: the entry
 * stays in the outbox until every recipient has its notice, and the sweep sends the notice.
 */
export async function updateWithOutbox(
  { store, rules, notices, log }: OutboxServices,
  id: string,
  next: Parameters<typeof updateRemediation>[2],
  known?: { document: Document | undefined },
): ReturnType<typeof updateRemediation> {
  let before: Remediation | undefined;
  const updated = await updateRemediation(
    store,
    id,
    (current) => {
      const change = next(current);
      before = current;
      return change && { ...change, remediation: withEntry(current, change.remediation, rules) };
    },
    known,
  );
  const { value, written } = updated;
  if (written && value && value.state !== before?.state && hasEnded(value.state)) {
    const { state, action, pool } = value;
    const labels = { state, action, pool: poolOf(rules, pool)?.name ?? pool };
    log?.info('ended', { correlationId: id, ...counted(Outcomes, 1, labels, Date.parse(value.updatedAt)) });
  }
  // A later write in the same state is about something else.
  const isNew = ({ since }: Entry) => since === value?.stateSince && since >= value.updatedAt;
  const entry = value?.untold?.find(isNew);
  if (!written || !entry) return updated;
  try {
    await sendNotice({ kind: 'remediation', id, ...entry }, { notices });
  } catch (error) {
    log?.error('a notice could not be sent', { remediation: id, error });
  }
  return updated;
}

function withEntry(before: Remediation | undefined, after: Remediation, rules: Rules): Remediation {
  const { state, stateSince: since, untold = [] } = after;
  const isWanted = rules.notify.some(
    (target) =>
      wantsState(target, state, after, rules) ||
      (isKnown(after) && closesIncident(target, state, after, rules)),
  );
  if (!isWanted || since === undefined || since === before?.stateSince) return after;
  return { ...after, untold: [...untold, { state, since }].slice(-MAX_NOTIFIED) };
}

/** Whether people may have heard of its incident: by one of its earlier states, or by another remediation of its ladder. */
function isKnown({ id, ladder, resolution, notified = [], untold = [] }: Remediation): boolean {
  const root = ladder?.root ?? resolution?.root ?? id;
  return root !== id || notified.length > 0 || untold.length > 0;
}

export function isSameEntry(one: Entry, other: Entry): boolean {
  return one.state === other.state && one.since === other.since;
}

/** A remediation without some entries in its outbox. */
export function withoutEntries(remediation: Remediation, told: (entry: Entry) => boolean): Remediation {
  const untold = remediation.untold?.filter((entry) => !told(entry)) ?? [];
  const { untold: _before, ...rest } = remediation;
  return untold.length > 0 ? { ...rest, untold } : rest;
}
