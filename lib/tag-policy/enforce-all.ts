import type { ScheduledEvent } from '#events/schedule';
import type { Invocation } from '#lib/handler/invocation';
import { type EnforceServices, enforcePool } from './enforce.ts';

/** Enforces the tag policies of every pool. Throws if a pool failed; the others are done. */
export async function enforceAll(
  { time }: ScheduledEvent,
  services: EnforceServices,
  invocation: Invocation,
): Promise<void> {
  const { pools } = services.rules;
  const settled = await Promise.allSettled(
    pools.map((pool) => enforcePool(pool, Date.parse(time), services, invocation)),
  );
  const failures = settled.flatMap((result, index) =>
    result.status === 'rejected' ? [new Error(`Pool ${pools[index]?.name}`, { cause: result.reason })] : [],
  );
  if (failures.length > 0) {
    throw new AggregateError(
      failures,
      `Poolkeeper could not enforce the tag policies of ${failures.length} pools; the log has the reasons`,
    );
  }
}
