import { incidentEnds } from '#events/notice';
import { type EndedIncident, type PoolRecord, updatePoolRecord } from '#lib/ledger/pool-record';
import { sendNotice } from '#lib/remediation/record/send-notice';
import type { ReleasingServices } from '#lib/remediation/record/services';

/**
 * Sends the notice of a storm, of an open breaker, or of a pool over its budget by itself, and of the end of each. The notice goes on its queue
 * before the record of it is written: if a process dies in between, the next function or the sweep sends it again, under the
 * same id, and people get it once.
 */
export async function tellIncidents(found: PoolRecord, services: ReleasingServices): Promise<void> {
  const { store, clock, notices } = services;
  const incidents = untold(found, clock.now());
  if (incidents.length === 0) return;
  for (const incident of incidents) await sendNotice(incident, { notices });
  await updatePoolRecord(store, found.pool, clock.now(), (current) => ({
    ...current,
    ...(current.storm &&
      current.storm.since === found.storm?.since && { storm: { ...current.storm, told: true } }),
    ...(current.breaker &&
      found.breaker?.openUntil !== undefined &&
      current.breaker.openedAt === found.breaker.openedAt && {
        breaker: { ...current.breaker, told: true },
      }),
    ...(current.overBudget &&
      current.overBudget.since === found.overBudget?.since && {
        overBudget: { ...current.overBudget, told: true },
      }),
  }));
}

/** The record with an incident that is over, and whose end people do not know yet. */
export function withEnded(record: PoolRecord, ended: EndedIncident): PoolRecord {
  const others = record.ended?.filter(({ incident }) => incident !== ended.incident) ?? [];
  return { ...record, ended: [...others, ended] };
}

/**
 * Sends the notices of the ends that people do not know yet, as `tellIncidents` does. If an incident is on again, its end is dropped:
 * a receiver of alarms has one incident for both, which goes on.
 */
export async function tellEnds(
  found: PoolRecord,
  { store, clock, notices }: Pick<ReleasingServices, 'store' | 'clock' | 'notices'>,
): Promise<void> {
  const { pool, storm, ended = [] } = found;
  const now = clock.now();
  const stormy =
    storm?.told && !storm.endTold && Date.parse(storm.until) <= now
      ? [{ incident: 'storm' as const, since: storm.since, until: storm.until }]
      : [];
  const ends = [...stormy, ...ended.filter(({ incident }) => !isOn(found, incident))];
  if (stormy.length + ended.length === 0) return;
  for (const { incident, since, until } of ends) {
    const why = `${SAYS_END[incident]} since ${until}; the incident began at ${since}`;
    await sendNotice(
      { kind: 'incident', pool, incident: incidentEnds[incident], why, at: until },
      { notices },
    );
  }
  await updatePoolRecord(store, pool, now, ({ ended: known = [], ...current }) => {
    const left = known.filter((one) => !ended.some(({ until }) => until === one.until));
    const { storm: last } = current;
    return {
      ...current,
      ...(left.length > 0 && { ended: left }),
      ...(stormy.length > 0 && last?.until === storm?.until && last && { storm: { ...last, endTold: true } }),
    };
  });
}

function isOn({ breaker, overBudget }: PoolRecord, incident: EndedIncident['incident']): boolean {
  return incident === 'breaker' ? breaker?.openedAt !== undefined : overBudget !== undefined;
}

const SAYS_END = {
  storm: 'no further node of the pool was reported',
  breaker: 'a remediation of the pool has succeeded',
  'over-budget': 'no reading shows more nodes out of service than the budget allows',
} as const;

/** The beginning of the incident dates it: all functions that find it unsent send the same notice. */
function untold({ pool, storm, breaker, overBudget }: PoolRecord, now: number) {
  const stormy = storm && !storm.told;
  const open = breaker?.openUntil !== undefined && !breaker.told;
  return [
    ...(stormy
      ? [
          {
            kind: 'incident' as const,
            pool,
            incident: 'storm' as const,
            why: `${storm.nodes} nodes of the pool were reported at once since ${storm.since}: Poolkeeper leaves them alone until ${storm.until}, and longer if more are reported`,
            at: storm.since,
          },
        ]
      : []),
    ...(open
      ? [
          {
            kind: 'incident' as const,
            pool,
            incident: 'breaker' as const,
            why: `${breaker.failures} remediations or calls of the pool have failed in a row: Poolkeeper makes no call until ${breaker.openUntil}, then takes one node at a time`,
            at: breaker.openedAt ?? new Date(now).toISOString(),
          },
        ]
      : []),
    ...(overBudget && !overBudget.told
      ? [
          {
            kind: 'incident' as const,
            pool,
            incident: 'over-budget' as const,
            why: `${overBudget.unavailable} nodes of the pool are out of service without a call of Poolkeeper, and at most ${overBudget.limit} may be: until this ends, Poolkeeper touches no node of the pool`,
            at: overBudget.since,
          },
        ]
      : []),
  ];
}
