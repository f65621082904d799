import type { PoolNode } from '#lib/modelarts/replies/pool-node';

const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** Whether a text is an IPv4 address. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** The labels that hold the id of a node's server. Cloud Eye and AOM name it so (docs/design/modelarts-api.md 2.3). */
const SERVER_IDS = ['os.modelarts.node/underlying.instance.id', 'os.modelarts/resource.id'] as const;

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether a text has the form of a server's id. */
export function isServerId(text: string): boolean {
  return UUID.test(text);
}

/** Whether a node has this name, this private address or a server with this id. */
export function isCalled({ name, privateIp, labels }: PoolNode, target: string): boolean {
  return name === target || privateIp === target || SERVER_IDS.some((label) => labels[label] === target);
}

/** The result of a lookup of the node that a command names. */
export type NamedNode = {
  /** The only node with this name, address or server id. Undefined if there is none or several. */
  node: PoolNode | undefined;
  /** Every node with this name, address or server id, each once. */
  bearers: readonly PoolNode[];
  /** For an address: how many other entries of the list show no address. Any of them may have it too. */
  unaddressed: number;
};

/**
 * Looks up a node by its name, by its private address, or by the id of its server. An address or an id stands for a node only if
 * exactly one node has it. A name is never taken for an id.
 *
 * @param unreadable number of unreadable entries in the list
 */
export function namedNode(nodes: readonly PoolNode[], target: string, unreadable = 0): NamedNode {
  const named = nodes.filter(({ name, privateIp }) => name === target || privateIp === target);
  const found = named.length > 0 ? named : nodes.filter((node) => isCalled(node, target));
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
