import type { Clock } from '#lib/clock';
import type { Listing } from '#lib/modelarts/replies/listing';
import type { Workload } from '#lib/modelarts/replies/workload';

/** The workloads of a pool. `sinceMs`: when the oldest of their lists was asked for; absent if nothing is shared. */
export type WorkloadReading = Listing<Workload> & { sinceMs?: number };

/** A call is made within 20 seconds of its oldest list, so shared lists must be a good deal younger. */
const SHARED_MS = 12_000;

/** The proven workloads of each pool, for the readings of one process that follow each other within seconds. */
export type RecentWorkloads = {
  now(): number;
  /** Undefined: there are none, or they are too old. */
  of(pool: string): (WorkloadReading & { sinceMs: number }) | undefined;
  keep(pool: string, listing: Listing<Workload>, sinceMs: number): WorkloadReading;
};

/** Remembers them by the clock of the process. */
export function createRecentWorkloads({ now }: Pick<Clock, 'now'>): RecentWorkloads {
  const kept = new Map<string, WorkloadReading & { sinceMs: number }>();
  return {
    now,
    of(pool) {
      const known = kept.get(pool);
      const ageMs = now() - (known?.sinceMs ?? Number.NaN);
      return ageMs >= 0 && ageMs <= SHARED_MS ? known : undefined;
    },
    keep(pool, listing, sinceMs) {
      const reading = { ...listing, sinceMs };
      kept.set(pool, reading);
      return reading;
    },
  };
}
