import type { NodeField } from '#lib/modelarts/replies/pool-node';
import { apiError } from './api-error.ts';

/** A node as the API shows it, but for its tags and its node pool, which only a label names. */
export type FakeNode = {
  name: string;
  phase: string;
  privateIp: string;
  createdAt?: string;
  driverPhase?: string | undefined;
  driverVersion?: string;
  labels?: Record<string, string>;
  flavor?: string | undefined;
  subnet?: string;
  /** The fields that the API shows in an unreadable form. */
  unreadable?: NodeField[] | undefined;
  nodePool?: string;
  tags?: Map<string, string>;
};

export type FakeNodePool = { name: string; resources: Record<string, any> };

/** A pool. `shown`: what the API says of the pool itself. */
export type FakePool = {
  nodes: Map<string, FakeNode>;
  clusters: string[];
  nodePools?: Map<string, FakeNodePool>;
  shown?: Record<string, unknown>;
};

/** The pool of an id. @throws ModelArtsError for one that the API does not know. */
export function poolIn(pools: ReadonlyMap<string, FakePool>, id: string): FakePool {
  const pool = pools.get(id);
  if (pool) return pool;
  throw apiError('listPoolNodes', {
    status: 404,
    code: 'ModelArts.50015001',
    vendorMessage: 'pool not found',
  });
}

export function nodesNamed({ nodes }: Pick<FakePool, 'nodes'>, names: readonly string[]): FakeNode[] {
  return names.map((name) => nodes.get(name)!);
}
