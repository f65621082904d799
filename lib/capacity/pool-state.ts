import type { PoolRecord, Waiting } from '#lib/ledger/pool-record';
import { SLOW_AFTER_STORM_MS } from '#lib/rules/waits';

/** A woken command that does not return within this time loses its turn. */
const TURN_MS = 5 * 60_000;

/** Nodes that calls put out of service, except one node if the given remediation holds it. */
export function heldByOthers(
  { held }: PoolRecord,
  own: { remediation: string; node: string },
  now: number,
): string[] {
  return Object.entries(held)
    .filter(([, { disruptive, expiresAt }]) => disruptive && Date.parse(expiresAt) > now)
    .filter(([node, { remediation }]) => node !== own.node || remediation !== own.remediation)
    .map(([node]) => node);
}

/**
 * The waiting commands that will return, oldest first. A command that is silent for too long does not count. A command that
 * has got a slot does not wait: its entry may still be there.
 */
export function currentWaiting(
  waiting: readonly Waiting[],
  { held }: Pick<PoolRecord, 'held'>,
  now: number,
): Waiting[] {
  const served = new Set(
    Object.values(held).flatMap(({ disruptive, remediation }) => (disruptive ? [remediation] : [])),
  );
  return waiting.filter((entry) => isAlive(entry, now) && !served.has(entry.remediation));
}

export function isAlive({ until, wokenAt }: Pick<Waiting, 'until' | 'wokenAt'>, now: number): boolean {
  return Date.parse(until) > now && (wokenAt === undefined || now - Date.parse(wokenAt) < TURN_MS);
}

/** The reason why a pool is taken one node at a time. Undefined if it is not. */
export function isSlowed({ storm, breaker }: PoolRecord, now: number): string | undefined {
  if (breaker && breaker.trips > 0)
    return 'remediations of the pool have failed, and it is taken one node at a time until one succeeds';
  if (storm && now < Date.parse(storm.until) + SLOW_AFTER_STORM_MS)
    return `many nodes were reported at once since ${storm.since}, and the pool is taken one node at a time for an hour after`;
  return undefined;
}
