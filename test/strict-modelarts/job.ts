import { randomUUID } from 'node:crypto';

/** How a job goes that a batch-reset or a batch-migrate starts. Every time is real. */
export type JobPlan = {
  /** Absent: it runs until the test ends it. */
  durationMs?: number;
  /** @default 'Success' */
  ends?: 'Success' | 'Failed';
  message?: string;
  /** The phase that the API shows until the end. @default 'Running' */
  phase?: string;
  suspend?: boolean;
  /** How long the list and the single read do not show the job; Infinity: always. @default 0 */
  hiddenMs?: number;
  /** Nodes that are as broken after it as before, or have not moved. */
  staysAbnormal?: readonly string[];
  /** The job's inputs in the API. @default a text without meaning, because no page documents one */
  inputs?: (nodeNames: readonly string[]) => string;
};

export type JobWork = {
  /** The pool that the job is listed under. */
  pool: string;
  /** A migration's is documented nowhere (docs/design/modelarts-api.md 1.3). */
  type: string;
  nodeNames: readonly string[];
  /** The effect of its end on the nodes. */
  end: (job: StrictJob, succeeded: boolean) => void;
};

export class StrictJob {
  readonly id = randomUUID();
  readonly nodeNames: readonly string[];
  readonly acceptedAt: number;
  readonly plan: JobPlan;
  suspend: boolean;
  #applied = false;
  readonly #work: JobWork;
  #ends: 'Success' | 'Failed';
  #endsAt: number;

  constructor(work: JobWork, plan: JobPlan, now: number) {
    this.#work = work;
    this.nodeNames = work.nodeNames;
    this.plan = plan;
    this.acceptedAt = now;
    this.suspend = plan.suspend ?? false;
    this.#ends = plan.ends ?? 'Success';
    this.#endsAt = this.suspend
      ? Number.POSITIVE_INFINITY
      : now + (plan.durationMs ?? Number.POSITIVE_INFINITY);
  }

  end(ends: 'Success' | 'Failed' = 'Success'): void {
    this.#ends = ends;
    this.#endsAt = Date.now();
    this.suspend = false;
  }

  hasEnded(now: number): boolean {
    return now >= this.#endsAt;
  }

  isShown(now: number): boolean {
    return now >= this.acceptedAt + (this.plan.hiddenMs ?? 0);
  }

  /** Lets it have its effect, once, when it has ended by now. */
  advance(now: number): void {
    if (this.#applied || !this.hasEnded(now)) return;
    this.#applied = true;
    this.#work.end(this, this.#ends === 'Success');
  }

  /** PoolJob (docs/design/modelarts-api.md 1.1). Whether `endTimestamp` is 0 or absent before the end is documented nowhere: both occur. */
  show(now: number): object {
    const ended = this.hasEnded(now);
    return {
      jobId: this.id,
      jobName: `job-${this.id.slice(0, 8)}`,
      type: this.#work.type,
      phase: ended ? this.#ends : (this.plan.phase ?? 'Running'),
      suspend: this.suspend,
      startTimestamp: this.acceptedAt,
      ...(ended ? { endTimestamp: this.#endsAt } : this.id < '8' ? { endTimestamp: 0 } : {}),
      involvedObjects: `pool ${this.#work.pool}`,
      inputs: this.plan.inputs?.(this.nodeNames) ?? 'not for machines',
      conditions: '',
      message: ended && this.#ends === 'Failed' ? (this.plan.message ?? 'internal error') : '',
    };
  }
}
