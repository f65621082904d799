import type { PoolNode } from '#lib/modelarts/replies/pool-node';

const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** Whether a text is an IPv4 address. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** The result of a lookup of the node that a command names. */
export type NamedNode = {
  /** The only node with this name or address. Undefined if there is none or several. */
  node: PoolNode | undefined;
  /** Every node with this name or address, each once. */
  bearers: readonly PoolNode[];
  /** For an address: how many other entries of the list show no address. Any of them may have it too. */
  unaddressed: number;
};

/**
 * Looks up a node by its name or by its private address. An address stands for a node only if exactly one node has it.
 *
 * @param unreadable number of unreadable entries in the list
 */
export function namedNode(nodes: readonly PoolNode[], target: string, unreadable = 0): NamedNode {
  const found = nodes.filter(({ name, privateIp }) => name === target || privateIp === target);
  const bearers = [...new Map(found.map((node) => [node.name, node])).values()];
  const [first, ...others] = bearers;
  const node = others.length === 0 ? first : undefined;
  const isByName = node?.name === target || !isAddress(target);
  return {
    node,
    bearers,
    unaddressed: isByName ? 0 : unreadable + nodes.filter(({ privateIp }) => !privateIp).length,
  };
}
