import type { Answer } from './answer.ts';
import { type JobPlan, StrictJob } from './job.ts';
import type { RecordedRequest } from './record.ts';

export type Operation =
  | 'batch-reset'
  | 'list-jobs'
  | 'show-job'
  | 'list-nodes'
  | 'show-node'
  | 'list-node-pools'
  | 'show-node-pool'
  | 'show-pool';

/** What the API does in place of the right thing. */
export type Fault =
  /** Answers so, and does nothing. */
  | ({ instead: true } & Answer)
  /** Does the right thing, and answers so. */
  | ({ afterwards: true } & Answer)
  /** Closes the connection without an answer, having done the work or not. */
  | { lost: 'before-work' | 'after-work' }
  /** Does the right thing, and keeps the answer back. */
  | { heldUntil: Promise<unknown> };

/** Is asked for every request that passed the checks of signature and form; `attempt` counts from 1. */
export type FaultRule = (request: RecordedRequest, attempt: number) => Fault | undefined;

export type StrictNode = { name: string; privateIp: string; phase: string };

export type PoolPlan = {
  nodes: number;
  /** @default 'Abnormal' */
  phase?: string;
  job?: JobPlan;
  /** @default that of the server */
  projectId?: string;
};

/** One resource pool: what is in it, what the test wants to go wrong in it, and what was asked of it. */
export class StrictPool {
  readonly id: string;
  readonly projectId: string;
  readonly nodes = new Map<string, StrictNode>();
  readonly jobs: StrictJob[] = [];
  readonly requests: RecordedRequest[] = [];
  /** Of the jobs that start from now on. */
  jobPlan: JobPlan;
  readonly #accepted = new Map<string, number>();
  readonly #faults = new Map<Operation, FaultRule>();
  readonly #refused = new Map<string, Answer>();

  constructor(id: string, number: number, plan: PoolPlan & { projectId: string }) {
    this.id = id;
    this.projectId = plan.projectId;
    this.jobPlan = plan.job ?? { durationMs: 0 };
    for (let index = 1; index <= plan.nodes; index++) {
      const name = `os-node-created-p${number}n${index}`;
      const privateIp = `10.${number}.${Math.floor(index / 200)}.${(index % 200) + 1}`;
      this.nodes.set(name, { name, privateIp, phase: plan.phase ?? 'Abnormal' });
    }
  }

  get nodeNames(): string[] {
    return [...this.nodes.keys()];
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

  /** How many batch-resets that name the node were accepted, whether or not their answer arrived. */
  resets(nodeName: string): number {
    return this.#accepted.get(nodeName) ?? 0;
  }

  start(nodeNames: readonly string[], now: number): StrictJob {
    const job = new StrictJob(this.id, nodeNames, this.jobPlan, now);
    this.jobs.push(job);
    for (const name of nodeNames) {
      this.#accepted.set(name, this.resets(name) + 1);
      this.node(name).phase = 'Creating';
    }
    return job;
  }

  isBusy(nodeName: string, now: number): boolean {
    return this.jobs.some((job) => job.nodeNames.includes(nodeName) && !job.hasEnded(now));
  }

  /** Lets the jobs that have ended by now have their effect. */
  advance(now: number): void {
    for (const job of this.jobs.filter((each) => each.hasEnded(now) && !each.applied)) {
      job.applied = true;
      for (const name of job.nodeNames) {
        const well = job.succeeded(now) && !job.plan.staysAbnormal?.includes(name);
        this.node(name).phase = well ? 'Available' : 'Abnormal';
      }
    }
  }

  node(name: string): StrictNode {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`${this.id} has no node ${name}`);
    return node;
  }
}
