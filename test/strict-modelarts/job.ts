import { randomUUID } from 'node:crypto';

/** How a job goes that a batch-reset starts. Every time is real. */
export type JobPlan = {
  /** Absent: it runs until the test ends it. */
  durationMs?: number;
  /** @default 'Success' */
  ends?: 'Success' | 'Failed';
  message?: string;
  /** What the API shows as phase until the end. @default 'Running' */
  phase?: string;
  suspend?: boolean;
  /** For so long neither the list nor the single job knows it; Infinity is for ever. @default 0 */
  hiddenMs?: number;
  /** Nodes that are as broken after it as before. */
  staysAbnormal?: readonly string[];
  /** What the API shows as the job's inputs. @default a text without meaning, as no page documents one */
  inputs?: (nodeNames: readonly string[]) => string;
};

export class StrictJob {
  readonly id = randomUUID();
  readonly pool: string;
  readonly nodeNames: readonly string[];
  readonly acceptedAt: number;
  readonly plan: JobPlan;
  suspend: boolean;
  /** What came of it has been done to its nodes. */
  applied = false;
  #ends: 'Success' | 'Failed';
  #endsAt: number;

  constructor(pool: string, nodeNames: readonly string[], plan: JobPlan, now: number) {
    this.pool = pool;
    this.nodeNames = nodeNames;
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

  succeeded(now: number): boolean {
    return this.hasEnded(now) && this.#ends === 'Success';
  }

  isShown(now: number): boolean {
    return now >= this.acceptedAt + (this.plan.hiddenMs ?? 0);
  }

  /** PoolJob (facts.md 1.1). Whether `endTimestamp` is 0 or absent before the end is documented nowhere: both occur. */
  show(now: number): object {
    const ended = this.hasEnded(now);
    return {
      jobId: this.id,
      jobName: `reset-${this.id.slice(0, 8)}`,
      type: 'reset-nodes',
      phase: ended ? this.#ends : (this.plan.phase ?? 'Running'),
      suspend: this.suspend,
      startTimestamp: this.acceptedAt,
      ...(ended ? { endTimestamp: this.#endsAt } : this.id < '8' ? { endTimestamp: 0 } : {}),
      involvedObjects: `pool ${this.pool}`,
      inputs: this.plan.inputs?.(this.nodeNames) ?? 'not for machines',
      conditions: '',
      message: ended && this.#ends === 'Failed' ? (this.plan.message ?? 'internal error') : '',
    };
  }
}
