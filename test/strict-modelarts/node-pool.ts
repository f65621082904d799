import { mergePatch } from '#local/simulator/world/merge-patch';

export const defaultFlavor = 'modelarts.bm.npu.arm.8snt9b';
export const defaultNodePoolName = `${defaultFlavor}-default`;

export type NodePoolPlan = {
  name: string;
  nodes: number;
  /** The names of the first nodes. @default names without meaning */
  nodeNames?: readonly string[];
  /** @default that of a bare-metal NPU server */
  flavor?: string;
  /** Further fields of its PoolResource. */
  resources?: Readonly<Record<string, unknown>>;
  /** So many consecutive nodes are one supernode each. */
  supernodeSize?: number;
  /** The maximum number of nodes that the region has. @default Infinity */
  capacity?: number;
  /** The time that a change of its size takes. @default 0 */
  convergesMs?: number;
  /** The time from its deletion until the API no longer knows it. @default 0 */
  goneAfterMs?: number;
};

export class StrictNodePool {
  readonly name: string;
  readonly plan: NodePoolPlan;
  /** Its PoolResource, as the last change left it. */
  resources: Record<string, unknown>;
  changedAt = Number.NEGATIVE_INFINITY;
  deletedAt = Number.POSITIVE_INFINITY;

  constructor(plan: NodePoolPlan) {
    const { name, nodes: count, flavor = defaultFlavor } = plan;
    this.name = name;
    this.plan = plan;
    this.resources = { flavor, count, maxCount: count, nodePool: name, ...plan.resources };
  }

  get flavor(): string {
    return String(this.resources['flavor']);
  }

  /** How many nodes it is to have once it is at rest. */
  get wanted(): number {
    return Math.min(Number(this.resources['maxCount']), this.plan.capacity ?? Number.POSITIVE_INFINITY);
  }

  isDeleting(): boolean {
    return this.deletedAt < Number.POSITIVE_INFINITY;
  }

  isGone(now: number): boolean {
    return now >= this.deletedAt + (this.plan.goneAfterMs ?? 0);
  }

  isAtRest(now: number): boolean {
    return now >= this.changedAt + (this.plan.convergesMs ?? 0);
  }

  patch(resources: Readonly<Record<string, unknown>>, now: number): void {
    this.resources = mergePatch(this.resources, resources);
    this.changedAt = now;
  }
}
