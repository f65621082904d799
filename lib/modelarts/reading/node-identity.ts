import type { PoolNode } from '#lib/modelarts/replies/pool-node';

/** The identity of a node besides its name, which a migration may change (docs/design/modelarts-api.md 3.3). */
export type NodeIdentity = {
  instanceId?: string | undefined;
  resourceId?: string | undefined;
  privateIp?: string | undefined;
};

/**
 * The strongest mark first: an address may belong to another node of another network. Sources: docs/design/modelarts-api.md
 * 2.2 and 2.3.
 */
const MARKS: readonly {
  mark: keyof NodeIdentity;
  words: string;
  of: (node: PoolNode) => string | undefined;
}[] = [
  {
    mark: 'instanceId',
    words: 'its instance id',
    of: ({ labels }) => labels['os.modelarts.node/underlying.instance.id'],
  },
  { mark: 'resourceId', words: 'its resource id', of: ({ labels }) => labels['os.modelarts/resource.id'] },
  { mark: 'privateIp', words: 'its private address', of: ({ privateIp }) => privateIp },
];

/** The marks of a node that none of `others` has, so that none of them can be mistaken for it later. */
export function identityOf(node: PoolNode, others: readonly PoolNode[]): NodeIdentity {
  const own = MARKS.flatMap(({ mark, of }) => {
    const value = of(node);
    const isItsOwn = value !== undefined && !others.some((other) => other !== node && of(other) === value);
    return isItsOwn ? [[mark, value] as const] : [];
  });
  return Object.fromEntries(own);
}

/** The one node that has a mark of an identity, and the name of that mark. */
export function recognise(
  nodes: readonly PoolNode[],
  identity: NodeIdentity,
): { node: PoolNode; by: string } | undefined {
  for (const { mark, words, of } of MARKS) {
    const value = identity[mark];
    const [node, ...others] = value === undefined ? [] : nodes.filter((each) => of(each) === value);
    if (node && others.length === 0) return { node, by: words };
  }
  return undefined;
}
