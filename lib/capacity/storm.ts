import type { Guard } from '#lib/guards/guard';
import type { PoolRecord } from '#lib/ledger/pool-record';

/**
 * Many reported nodes of a pool at once are one incident, not the fault of each node: Poolkeeper does nothing until it is
 * quiet.
 */
export const noStorm: Guard = ({ poolRecord }, now) => {
  const guard = 'storm';
  const storm = stormAt(poolRecord, now);
  if (!storm) return { guard, allowed: true, why: 'not many nodes were reported at once' };
  return {
    guard,
    allowed: false,
    defers: true,
    until: storm.until,
    why: describeStorm(storm),
  };
};

/** The storm of a pool that is not over at a time (epoch milliseconds). */
export function stormAt({ storm }: Pick<PoolRecord, 'storm'>, now: number): PoolRecord['storm'] {
  return storm && Date.parse(storm.until) > now ? storm : undefined;
}

export function describeStorm({ nodes, since }: NonNullable<PoolRecord['storm']>): string {
  return `${nodes} nodes were reported at once since ${since}: that is one incident, and people have its notice`;
}
