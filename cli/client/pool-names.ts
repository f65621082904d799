import type { PoolAnswer } from './routes.ts';

/** The names and zones of pools, by their ids. */
export type PoolNames = {
  /** The name of a pool in the rules file; without one, its id. */
  nameOf(pool: string | undefined): string;
  /** The zone of the pool's windows; without one, undefined. */
  zoneOf(pool: string | undefined): string | undefined;
};

export function poolNames(pools: readonly PoolAnswer[]): PoolNames {
  const byId = new Map(pools.map((pool) => [pool.id, pool]));
  return {
    nameOf: (pool = '') => byId.get(pool)?.name ?? pool,
    zoneOf(pool = '') {
      const known = byId.get(pool);
      return known && 'window' in known ? known.window.zone : undefined;
    },
  };
}
