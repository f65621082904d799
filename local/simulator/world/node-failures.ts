import { isBusy, isWell, NODE_STATES } from './node-state.ts';
import type { World } from './world.ts';

const dayMs = 86_400_000;

/**
 * Plans the next spontaneous failure of a node (a Poisson process over all nodes at `nodeFailuresPerDay`), in place of the
 * earlier plan. A node that is not `Available` at that time is spared.
 */
export const scheduleNodeFailure = (world: World, atMs: number): void => {
  world.cancelNextNodeFailure();
  const nodes = [...world.pools.values()].flatMap((pool) => [...pool.nodes.values()]);
  const failuresPerMs = (world.settings.nodeFailuresPerDay * nodes.length) / dayMs;
  if (failuresPerMs === 0) return;
  world.nodeFailures += 1;
  const waitMs = -Math.log(1 - world.random.uniform('failure wait', world.nodeFailures)) / failuresPerMs;
  const chosen = nodes[Math.floor(world.random.uniform('failed node', world.nodeFailures) * nodes.length)];
  world.cancelNextNodeFailure = world.agenda.schedule(atMs + waitMs, (failedAtMs) => {
    if (chosen?.phase === 'Available') Object.assign(chosen, NODE_STATES.broken);
    scheduleNodeFailure(world, failedAtMs);
  });
};

/** Makes every faulty node well. No node stays broken any more. Returns the names of the faulty ones. */
export const healNodes = (world: World): string[] => {
  const nodes = [...world.pools.values()].flatMap((pool) => [...pool.nodes.values()]);
  for (const node of nodes) node.staysBroken = false;
  const faulty = nodes.filter((node) => !isBusy(node) && !isWell(node.phase, node.driverPhase));
  for (const node of faulty) Object.assign(node, NODE_STATES.well);
  return faulty.map(({ name }) => name);
};
