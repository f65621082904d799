import { addNode } from './build-pool.ts';
import { type Node, runsWorkload } from './node.ts';
import type { NodePool } from './node-pool.ts';
import { isBusy, NODE_STATES } from './node-state.ts';
import { nodesOf, type Pool } from './pool.ts';
import type { World } from './world.ts';

/** Time to create or delete a node: like a job's work on one node. */
const scalingMs = (world: World, node: Node): number =>
  world.settings.jobDurationSeconds *
  1000 *
  world.random.lognormal(world.settings.jobDurationJitter, 'scaling', node.name, world.nowMs);

/** Creates one node: `Creating` now, `Available` after its time, unless its phase was changed meanwhile. */
const growByOne = (world: World, pool: Pool, nodePool: NodePool): void => {
  const node = addNode(pool, nodePool, world.random, world.clock.toRealMs(world.nowMs));
  Object.assign(node, NODE_STATES.settingUp);
  world.agenda.schedule(world.nowMs + scalingMs(world, node), () => {
    if (node.phase === 'Creating') Object.assign(node, NODE_STATES.well);
  });
};

/** Deletes one node: `Deleting` now, gone after its time, and a deleted node pool goes with its last one. */
export const removeNode = (world: World, pool: Pool, nodePool: NodePool, node: Node): void => {
  node.phase = 'Deleting';
  world.agenda.schedule(world.nowMs + scalingMs(world, node), () => {
    pool.nodes.delete(node.name);
    if (nodePool.deleting && nodesOf(pool, nodePool).length === 0) pool.nodePools.delete(nodePool.name);
  });
};

/** A node that scaling down may remove: it has no task and no work in progress. */
export const isRemovable = (node: Node): boolean => !runsWorkload(node) && !isBusy(node);

/** Brings a node pool to `count` nodes, slowly. Going down removes the youngest of the removable nodes, the faulty first. */
export const scale = (world: World, pool: Pool, nodePool: NodePool, count: number): void => {
  const staying = nodesOf(pool, nodePool).filter((node) => node.phase !== 'Deleting');
  for (let missing = count - staying.length; missing > 0; missing -= 1) growByOne(world, pool, nodePool);
  const surplus = Math.max(0, staying.length - count);
  const removable = staying.filter(isRemovable).toReversed();
  const faultyFirst = [
    ...removable.filter((node) => node.phase === 'Abnormal'),
    ...removable.filter((node) => node.phase !== 'Abnormal'),
  ];
  for (const node of faultyFirst.slice(0, surplus)) removeNode(world, pool, nodePool, node);
};
