import type { PoolRecord, Waiting } from '#lib/ledger/pool-record';
import { SLOW_AFTER_STORM_MS } from '#lib/rules/waits';

/** Whoever was told that it is its turn and does not come within this time is passed over. */
const TURN_MS = 5 * 60_000;

/** Nodes under a destructive call, but for one node, if it is held by the remediation that is asked about. */
export function heldByOthers(
  { held }: PoolRecord,
  own: { remediation: string; node: string },
  now: number,
): string[] {
  return Object.entries(held)
    .filter(([, { expiresAt }]) => Date.parse(expiresAt) > now)
    .filter(([node, { remediation }]) => node !== own.node || remediation !== own.remediation)
    .map(([node]) => node);
}

/** The commands that wait and will come back: one that is silent for too long is not waited for. */
export function aliveWaiting({ waiting }: PoolRecord, now: number): Waiting[] {
  return waiting.filter((entry) => isAlive(entry, now));
}

export function isAlive({ until, wokenAt }: Pick<Waiting, 'until' | 'wokenAt'>, now: number): boolean {
  return Date.parse(until) > now && (wokenAt === undefined || now - Date.parse(wokenAt) < TURN_MS);
}

/** Why a pool is taken one node at a time; undefined where it is not. */
export function isSlowed({ storm, breaker }: PoolRecord, now: number): string | undefined {
  if (breaker && breaker.trips > 0)
    return 'remediations of the pool have failed, and one node at a time is tried until one succeeds';
  if (storm && now < Date.parse(storm.until) + SLOW_AFTER_STORM_MS)
    return `many nodes were reported at once since ${storm.since}, and the pool is taken one node at a time for an hour after`;
  return undefined;
}
