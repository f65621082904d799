import type { Answer } from './answer.ts';
import { type JobPlan, type JobWork, StrictJob } from './job.ts';
import { defaultNodePoolName, type NodePoolPlan, StrictNodePool } from './node-pool.ts';
import type { RecordedRequest } from './record.ts';
import type { StrictPlannedEvent } from './scheduled-events/pages.ts';

export type Operation =
  | 'batch-reset'
  | 'batch-update'
  | 'batch-migrate'
  | 'list-jobs'
  | 'show-job'
  | 'list-nodes'
  | 'show-node'
  | 'list-node-pools'
  | 'show-node-pool'
  | 'update-node-pool'
  | 'delete-node-pool'
  | 'show-pool'
  | 'list-workloads'
  | 'show-workload-statistics'
  | 'list-scheduled-events'
  | 'accept-scheduled-event';

/** A deliberate failure of the API in place of the right answer. */
export type Fault =
  /** Answers so, and does nothing. */
  | ({ instead: true } & Answer)
  /** Does the right thing, and answers so. */
  | ({ afterwards: true } & Answer)
  /** Closes the connection without an answer, having done the work or not. */
  | { lost: 'before-work' | 'after-work' }
  /** Does the right thing, and keeps the answer back. */
  | { heldUntil: Promise<unknown> };

/** Decides on a failure for every request that passed the checks of signature and form. `attempt` counts from 1. */
export type FaultRule = (request: RecordedRequest, attempt: number) => Fault | undefined;

export type StrictNode = {
  name: string;
  privateIp: string;
  phase: string;
  nodePool: string;
  labels: Record<string, string>;
  tags: Map<string, string>;
  /** HA redundancy as it was last set, and when its label says so. */
  redundancy?: { enabled: boolean; shownFrom: number };
};

/** How a batch-update goes, and in which of the shapes of docs/design/modelarts-api.md 10, row 4, it is answered. */
export type UpdatePlan = {
  /** `strings`: the table's; `objects`: the example's, failures among the successes; `nodes`: the third. @default 'strings' */
  shape?: 'strings' | 'objects' | 'nodes';
  /** Nodes that fail so many times. */
  fails?: Map<string, number>;
  /** Nodes that are in neither list, so many times, and to which nothing is done. */
  forgets?: Map<string, number>;
  /** From an answer to the label of HA redundancy. @default 0 */
  labelAfterMs?: number;
};

export type PoolPlan = {
  /** In one node pool of the default name. */
  nodes?: number;
  nodePools?: readonly NodePoolPlan[];
  /** @default 'Abnormal' */
  phase?: string;
  job?: JobPlan;
  update?: UpdatePlan;
  /** @default that of the server */
  projectId?: string;
  /** The cluster of a Lite pool, whose nodes have it as a label. @default none: a standard pool, whose cluster is its id */
  cluster?: string;
  /** @default 'Dedicate' */
  type?: 'Dedicate' | 'Logical';
  /** @default 'demand' */
  billing?: 'demand' | 'yearly-monthly';
};

/** One resource pool: what is in it, what the test wants to go wrong in it, and what was asked of it. */
export class StrictPool {
  readonly id: string;
  readonly projectId: string;
  readonly plan: PoolPlan;
  readonly nodes = new Map<string, StrictNode>();
  readonly nodePools = new Map<string, StrictNodePool>();
  readonly jobs: StrictJob[] = [];
  /** Maintenance that is planned for its nodes. */
  readonly plannedEvents: StrictPlannedEvent[] = [];
  readonly requests: RecordedRequest[] = [];
  /** Addresses of nodes that run a training job. */
  readonly busyAddresses = new Set<string>();
  /** The plan of the jobs that start from now on. */
  jobPlan: JobPlan;
  readonly #number: number;
  #created = 0;
  readonly #accepted = new Map<string, number>();
  readonly #faults = new Map<Operation, FaultRule>();
  readonly #refused = new Map<string, Answer>();

  constructor(id: string, number: number, plan: PoolPlan & { projectId: string }) {
    this.id = id;
    this.projectId = plan.projectId;
    this.plan = plan;
    this.#number = number;
    this.jobPlan = plan.job ?? { durationMs: 0 };
    const nodePools = plan.nodePools ?? [{ name: defaultNodePoolName, nodes: plan.nodes ?? 0 }];
    for (const nodePool of nodePools) {
      this.nodePools.set(nodePool.name, new StrictNodePool(nodePool));
      for (let index = 0; index < nodePool.nodes; index++) {
        const node = this.#create(nodePool.name, nodePool.nodeNames?.[index]);
        const { supernodeSize } = nodePool;
        if (supernodeSize) {
          node.labels['os.modelarts.node/batch.uid'] =
            `${nodePool.name}-${Math.floor(index / supernodeSize)}`;
          node.labels['os.modelarts.node/batch.type'] = 'hyperinstance';
          node.labels['os.modelarts.node/batch.count'] = String(supernodeSize);
        }
      }
    }
  }

  #create(nodePool: string, name?: string): StrictNode {
    const index = ++this.#created;
    const node: StrictNode = {
      name: name ?? `os-node-created-p${this.#number}n${index}`,
      privateIp: `10.${this.#number}.${Math.floor(index / 200)}.${(index % 200) + 1}`,
      phase: this.plan.phase ?? 'Abnormal',
      nodePool,
      labels: this.plan.cluster === undefined ? {} : { 'os.modelarts.node/cluster': this.plan.cluster },
      tags: new Map(),
    };
    this.nodes.set(node.name, node);
    return node;
  }

  /** As fromClusterName and toClusterName name it (docs/design/modelarts-api.md 10, row 22). */
  get clusterName(): string {
    return this.plan.cluster ?? this.id;
  }

  get nodeNames(): string[] {
    return [...this.nodes.keys()];
  }

  nodesIn(nodePool: string): StrictNode[] {
    return [...this.nodes.values()].filter((node) => node.nodePool === nodePool);
  }

  /** From now on; without a rule everything is right again. */
  misbehave(operation: Operation, rule?: FaultRule): void {
    if (rule) this.#faults.set(operation, rule);
    else this.#faults.delete(operation);
  }

  /** Every batch-reset that names the node is answered so, as a whole. */
  refuse(nodeName: string, answer: Answer): void {
    this.#refused.set(nodeName, answer);
  }

  refusal(nodeNames: readonly string[]): Answer | undefined {
    return nodeNames.map((name) => this.#refused.get(name)).find((answer) => answer !== undefined);
  }

  fault(operation: Operation, request: RecordedRequest): Fault | undefined {
    return this.#faults.get(operation)?.(request, this.requested(operation).length);
  }

  /** The requests for one operation, first one first. */
  requested(operation: Operation): RecordedRequest[] {
    return this.requests.filter((request) => request.operation === operation);
  }

  /** The requests for this pool that reached the API, without reads. */
  written(): RecordedRequest[] {
    return this.requests.filter(({ method }) => method !== 'GET');
  }

  /** How many batch-resets that name the node were accepted, whether or not their answer arrived. */
  resets(nodeName: string): number {
    return this.#accepted.get(nodeName) ?? 0;
  }

  startReset(nodeNames: readonly string[], now: number): StrictJob {
    for (const name of nodeNames) {
      this.#accepted.set(name, this.resets(name) + 1);
      this.node(name).phase = 'Creating';
    }
    return this.start(
      {
        pool: this.id,
        type: 'reset-nodes',
        nodeNames,
        end: ({ plan }, succeeded) => {
          for (const name of nodeNames) {
            const node = this.nodes.get(name);
            const well = succeeded && !plan.staysAbnormal?.includes(name);
            if (node) node.phase = well ? 'Available' : 'Abnormal';
          }
        },
      },
      now,
    );
  }

  start(work: JobWork, now: number): StrictJob {
    const job = new StrictJob(work, this.jobPlan, now);
    this.jobs.push(job);
    return job;
  }

  isBusy(nodeName: string, now: number): boolean {
    return this.jobs.some((job) => job.nodeNames.includes(nodeName) && !job.hasEnded(now));
  }

  /** Lets everything have its effect that has come to its end by now. */
  advance(now: number): void {
    for (const job of this.jobs) job.advance(now);
    for (const nodePool of this.nodePools.values()) {
      const nodes = this.nodesIn(nodePool.name);
      if (nodePool.isGone(now)) {
        this.nodePools.delete(nodePool.name);
        for (const { name } of nodes) this.nodes.delete(name);
      } else if (nodePool.changedAt > 0 && nodePool.isAtRest(now)) {
        for (const { name } of nodes.slice(nodePool.wanted)) this.nodes.delete(name);
        for (let count = nodes.length; count < nodePool.wanted; count++) {
          this.#create(nodePool.name).phase = 'Available';
        }
      }
    }
  }

  node(name: string): StrictNode {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`${this.id} has no node ${name}`);
    return node;
  }
}
