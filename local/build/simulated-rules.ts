import type { Rules } from '#lib/rules/rules';
import { withFasterClock } from '#lib/rules/speed-up';

/**
 * The same rules for a simulator that runs `speed` times as fast as the real world; see {@link withFasterClock}. Every pool loses its
 * account, project, region and endpoint, so that an experiment on the simulator never reaches the real pool.
 */
export function forSimulator<Some extends Rules>(rules: Some, speed: number): Some {
  return {
    ...rules,
    ...withFasterClock(rules, speed),
    pools: rules.pools.map(
      ({ account: _account, project: _project, region: _region, endpoint: _endpoint, ...pool }) => pool,
    ),
  };
}
