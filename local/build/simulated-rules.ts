import type { Rules } from '#lib/rules/rules';
import { withFasterClock } from '#lib/rules/speed-up';

/**
 * The same rules for a simulator that runs `speed` times as fast as the world: see {@link withFasterClock}. Every pool is where the
 * simulator is, wherever the file says that it lives: what is tried out on a simulator never reaches the pool itself.
 */
export function forSimulator(rules: Rules, speed: number): Rules {
  return {
    ...withFasterClock(rules, speed),
    pools: rules.pools.map(({ project: _project, region: _region, endpoint: _endpoint, ...pool }) => pool),
  };
}
