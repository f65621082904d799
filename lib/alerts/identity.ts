import { contentId } from '#lib/hash';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import { claimedTimeMs, UNKNOWN_START_MS } from './episode.ts';

/**
 * The alert that identifies a remediation for which several speak: the oldest that is not over, and of equals the
 * first by name.
 */
export function leadingAlert<A extends AlertReference & { isOver?: boolean }>(
  alerts: readonly [A, ...A[]],
): A {
  return (
    alerts.toSorted(
      (a, b) =>
        Number(a.isOver === true) - Number(b.isOver === true) ||
        Date.parse(a.startsAt) - Date.parse(b.startsAt) ||
        (a.fingerprint < b.fingerprint ? -1 : 1),
    )[0] ?? alerts[0]
  );
}

/** Identifies an episode among all episodes of one source: two references with the same name stand for the same episode. */
export function episodeName({ fingerprint, startsAt, opening = 0 }: AlertReference): string {
  return JSON.stringify([fingerprint, claimedTimeMs(startsAt) ?? UNKNOWN_START_MS, opening]);
}

/**
 * The id of the remediation that an episode of an alert leads to. It rests on nothing but the rule, the pool and the episode
 * itself, so that every delivery of it, repeated, concurrent or years apart, comes to the same id.
 */
export function remediationId(
  rule: string,
  poolId: string,
  { fingerprint, startsAt, opening = 0 }: AlertReference,
): string {
  const episode = [fingerprint, new Date(startsAt).toISOString(), ...(opening > 0 ? [opening] : [])];
  return contentId(['remediation', rule, poolId, ...episode]);
}
