import type { Chance } from '#local/rehearsal/engine/chance';
import type { WorldNode, WorldPool } from '../../world/pool.ts';

export const START_MS = Date.parse('2026-11-20T10:00:00Z');
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const TRAIN = 'pool-1f3d-6f5da086876d4cd084d36f8bd3346036';
export const SPARE = 'pool-2f3d-6f5da086876d4cd084d36f8bd3346036';
/** Limits that nothing comes near. */
export const GENEROUS =
  'budget: { maxUnavailable: 100, perDay: 100 }, storm: { nodes: 100 }, breaker: { failures: 100, pause: 1m }';

/** A pool of so many nodes, made long ago. The address of one is the beginning of another's. */
export function poolOf(
  chance: Chance,
  name: 'train-a' | 'spare',
  count: number,
  labelsOf: (index: number) => Record<string, string> = () => ({}),
): WorldPool {
  const letter = name === 'train-a' ? 'a' : 's';
  const subnet = name === 'train-a' ? 1 : 2;
  const hasDriver = chance.happens(0.5, `${name}/driver`);
  const nodes = Array.from({ length: count }, (_, index): WorldNode => {
    const broken = chance.happens(0.15, `${name}/${index}/broken`);
    return {
      name: `os-node-created-${letter}${index + 1}${index % 2 === 1 ? '0' : ''}`,
      ip: `10.${subnet}.0.${index < 4 ? [10, 1, 21, 2][index] : index + 30}`,
      phase: broken ? 'Abnormal' : 'Available',
      ...(hasDriver && { driver: broken ? 'Abnormal' : 'Running' }),
      labels: {
        'os.modelarts.node/cluster': `cluster-${name}`,
        'os.modelarts.node/underlying.instance.id': `instance-${letter}-${index + 1}`,
        ...labelsOf(index),
      },
      nodePool: `np-${(index % 2) + 1}`,
      flavor: index % 3 === 0 ? 'modelarts.bm.npu.8' : 'modelarts.vm.npu.1',
      createdAtMs: START_MS - 40 * 24 * HOUR_MS,
      staysBroken: false,
    };
  });
  const nodePools = ['np-1', 'np-2'].map((nodePool) => {
    const own = nodes.filter((node) => node.nodePool === nodePool).length;
    const resources = { nodePool, flavor: 'modelarts.bm.npu.8', count: own, maxCount: own, labels: {} };
    return [nodePool, { name: nodePool, resources }] as const;
  });
  return {
    name,
    id: name === 'train-a' ? TRAIN : SPARE,
    cluster: `cluster-${name}`,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    nodePools: new Map(nodePools),
  };
}
