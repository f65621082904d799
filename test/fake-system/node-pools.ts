import type { FakeNode, FakeNodePool, FakePool } from './pool.ts';

const PHASES = { available: 'Available', abnormal: 'Abnormal', creating: 'Creating', deleting: 'Deleting' };
export type Counts = Record<keyof typeof PHASES, number>;

/** A node pool as the reply of the API has it. */
export function showNodePool({ nodes }: FakePool, { name, resources }: FakeNodePool) {
  const own = [...nodes.values()].filter(({ nodePool }) => nodePool === name);
  const count = (phase: string) => own.filter((node) => node.phase === phase).length;
  return {
    name,
    resources,
    nodeCounts: Object.fromEntries(Object.entries(PHASES).map(([state, phase]) => [state, count(phase)])),
  };
}

/** Gives a node pool as many nodes in each phase. Phases that are not named keep their nodes; nodes change, come or go for the others. */
export function countNodes({ nodes }: FakePool, nodePool: string, changed: Partial<Counts>): void {
  const own = [...nodes.values()].filter((node) => node.nodePool === nodePool);
  const missing: string[] = [];
  const surplus: FakeNode[] = [];
  for (const [state, phase] of Object.entries(PHASES)) {
    const present = own.filter((node) => node.phase === phase);
    const wanted = changed[state as keyof Counts] ?? present.length;
    surplus.push(...present.slice(wanted));
    missing.push(...Array<string>(Math.max(0, wanted - present.length)).fill(phase));
  }
  for (const phase of missing) {
    const changing = surplus.shift();
    if (changing) changing.phase = phase;
    else addNode(nodes, nodePool, phase);
  }
  for (const { name } of surplus) nodes.delete(name);
}

function addNode(nodes: Map<string, FakeNode>, nodePool: string, phase: string): void {
  let index = 0;
  while (nodes.has(`os-node-${nodePool}-${index}`)) index += 1;
  const name = `os-node-${nodePool}-${index}`;
  const createdAt = '2026-11-01T00:00:00Z';
  nodes.set(name, { name, phase, privateIp: addressIn(nodePool, index), createdAt, nodePool });
}

/** The address of a node, by its node pool and its place there. */
export function addressIn(nodePool: string, index: number): string {
  return `10.0.${nodePool.at(-1)}.${index}`;
}
