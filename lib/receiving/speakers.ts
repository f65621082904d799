import type { Alert, Finding } from '#lib/alerts/decide';
import { type KnownAlert, type Spoken, spokenBy } from '#lib/alerts/evidence';
import { MAX_ALERTS } from '#lib/alerts/to-command';
import { batchesOf } from '#lib/concurrency';
import type { Store } from '#lib/ledger/store';
import { type KnownAlerts, readKnownAlerts } from './known-alerts.ts';

/** An alert that speaks for a remediation: with the episode that it is about, and what was known of it before. */
export type Speaker = Finding & {
  alert: Alert & { opening: number };
  known: KnownAlert;
} & Pick<Spoken, 'seenAtMs' | 'isFresh'>;

/** The findings of one remediation, the oldest alerts first; of as many it can be spoken for. */
export function oldestFirst(group: readonly Finding[]): Finding[] {
  return group.toSorted(
    ({ alert: a }, { alert: b }) =>
      Date.parse(a.startsAt) - Date.parse(b.startsAt) || (a.fingerprint < b.fingerprint ? -1 : 1),
  );
}

/** The alerts of a remediation that are looked at first. */
export function firstAlertsOfFault(group: readonly Finding[]): Finding[] {
  return group.slice(0, MAX_ALERTS);
}

/**
 * Which alerts speak for a remediation: the oldest of them, as many as one is spoken for by, however many were sent. Where all of
 * those are known to be over, the next ones.
 *
 * @param group oldest first.
 * @param known of the first speakers.
 * @returns none where nothing about them can be read.
 */
export async function speakersOf(
  group: readonly Finding[],
  known: KnownAlerts,
  store: Store,
  now: number,
): Promise<Speaker[]> {
  let found: Speaker[] = [];
  for (const [index, some] of batchesOf(group, MAX_ALERTS).entries()) {
    const about =
      index === 0
        ? known
        : await readKnownAlerts(
            store,
            some.map(({ alert }) => alert),
          );
    const speakers = some.flatMap((finding) => speakerOf(finding, about.of(finding.alert), now) ?? []);
    if (speakers.some(({ alert }) => !alert.isOver)) return speakers;
    if (found.length === 0) found = speakers;
  }
  return found;
}

function speakerOf(finding: Finding, known: KnownAlert | undefined, now: number): Speaker | undefined {
  if (!known) return undefined;
  const { opening, isOver, about, seenAtMs, isFresh } = spokenBy(known, finding.alert, now);
  return {
    ...finding,
    alert: { ...finding.alert, opening, isOver, ledTo: about?.remediation },
    known,
    seenAtMs,
    isFresh,
  };
}
