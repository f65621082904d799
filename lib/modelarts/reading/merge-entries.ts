import { canonicalJson } from '#lib/hash';
import type { Listing, Unreadable } from '#lib/modelarts/replies/listing';
import type { NodeField, PoolNode } from '#lib/modelarts/replies/pool-node';

/** The values of a field that is unknown. */
const UNKNOWN = {
  phase: '',
  privateIp: undefined,
  driverPhase: undefined,
  driverVersion: undefined,
  os: undefined,
  plugins: undefined,
  labels: {},
  annotations: {},
  flavor: undefined,
  subnet: undefined,
  taints: [],
  createdAt: undefined,
} as const satisfies Pick<PoolNode, NodeField>;

const FIELDS = [
  'phase',
  'privateIp',
  'driverPhase',
  'driverVersion',
  'os',
  'plugins',
  'labels',
  'annotations',
  'flavor',
  'subnet',
  'taints',
  'createdAt',
] as const satisfies readonly NodeField[];

/** Each node once. If two entries of one name contradict each other in a field, that field is unknown. */
export function mergeNodes(nodes: readonly PoolNode[]): readonly PoolNode[] {
  if (new Set(nodes.map(({ name }) => name)).size === nodes.length) return nodes;
  const merged = new Map<string, PoolNode>();
  for (const node of nodes) {
    const known = merged.get(node.name);
    merged.set(node.name, known ? mergeTwo(known, node) : node);
  }
  return [...merged.values()];
}

function mergeTwo(one: PoolNode, other: PoolNode): PoolNode {
  const disputed = FIELDS.filter((field) => textOf(one[field]) !== textOf(other[field]));
  const unreadable = [...new Set([...(one.unreadable ?? []), ...(other.unreadable ?? []), ...disputed])];
  if (unreadable.length === 0) return one;
  const unknown = Object.fromEntries(disputed.map((field) => [field, UNKNOWN[field]]));
  return { ...one, ...unknown, unreadable };
}

/** Each entry once, by its name. All entries of one name that contradict each other are unreadable. */
export function mergeEntries<Item>(
  { items, unreadable }: Listing<Item>,
  nameOf: (item: Item) => string,
): Listing<Item> {
  const byName = [...Map.groupBy(items, nameOf)];
  const isOne = ([, [first, ...others]]: [string, Item[]]) =>
    others.every((other) => textOf(other) === textOf(first));
  const disputed = byName
    .filter((group) => !isOne(group))
    .map(
      ([name]): Unreadable => ({ name, why: `the list has ${name} several times, with different contents` }),
    );
  return {
    items: byName.filter(isOne).flatMap(([, [first]]) => (first === undefined ? [] : [first])),
    unreadable: [...unreadable, ...disputed],
  };
}

function textOf(value: unknown): string {
  return value === undefined ? '' : canonicalJson(value);
}
