import type { ActionDefinition } from '#lib/actions/action';
import { emptyPoolRecord, type PoolRecord, type Waiting } from '#lib/ledger/pool-record';
import { createBench, POOL } from '#test/remediation/bench';
import type { Joined } from '../ledger/joined.ts';

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** The rules file of one pool with these limits, in YAML's flow style, and a rule whose evidence lasts. */
export function rulesWith(limits: string, { evidence = '12h', verify = '', rest = '' } = {}): string {
  return `
pools:
  train-a: { id: ${POOL}${limits && `, ${limits}`} }
rules:
  - name: card-lost
    when: { labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    cooldown: 6h
    maxEvidenceAge: ${evidence}
    ladder: [ { reset-nodes: {}${verify} } ]
polling: { first: 90s, every: 30s }
${rest}`;
}

/** A bench whose pool has limits, and whose nodes are all well. */
export function createLimitedBench<Body extends Record<string, unknown> = Record<string, never>>(
  rules: string,
  { size = 120, action }: { size?: number; action?: ActionDefinition<Body> } = {},
) {
  const bench = createBench(rules, action);
  for (const [index, node] of [...bench.nodes.values()].entries()) {
    node.phase = 'Available';
    if (index >= size) bench.nodes.delete(node.name);
  }
  /** Messages that were put on the command queue, by the id of their command. */
  const sent = new Map<string, number>();
  const { send } = bench.commandQueue;
  bench.commandQueue.send = (messages) => {
    for (const { body } of messages) {
      const { id = 'no id' } = JSON.parse(body);
      sent.set(id, (sent.get(id) ?? 0) + 1);
    }
    return send(messages);
  };
  const poolRecord = (): PoolRecord => {
    const document = bench.store.documents().find(({ pk, sk }) => pk === `pool#${POOL}` && sk === '-');
    return (document?.['value'] as PoolRecord | undefined) ?? emptyPoolRecord(POOL, bench.now());
  };
  const waiting = (): Waiting[] =>
    bench.store
      .documents()
      .filter(({ pk, sk }) => pk === `pool#${POOL}` && sk.startsWith('waiting#'))
      .toSorted((a, b) => (a.sk < b.sk ? -1 : 1))
      .map(({ value }) => value as Waiting);
  const endsAt = new Map<string, number>();

  return {
    ...bench,
    sent,
    reads: () => bench.requests.filter(({ endpoint }) => endpoint === 'listPoolNodes').length,
    /** The pool's record in the ledger. */
    pool: poolRecord,
    /** Its wait list, oldest first. */
    waiting,
    held: (): string[] =>
      Object.entries(poolRecord().held).flatMap(([name, { disruptive }]) => (disruptive ? [name] : [])),
    /** The nodes of each reset, in the order of the requests. */
    resetNodes: (): string[][] => bench.resets().map(({ body }) => body.nodeNames),
    remediationOf: (node: string): Joined => bench.remediations().find(({ nodes }) => nodes?.includes(node))!,
    states: (): Record<string, number> => {
      const states: Record<string, number> = {};
      for (const { state } of bench.remediations()) states[state] = (states[state] ?? 0) + 1;
      return states;
    },
    /** Moves the clock on; each job ends so long after it has begun. */
    async run(
      ms: number,
      {
        jobMs = 10 * MINUTE,
        phase = 'Success',
        step = 5 * SECOND,
        each = () => {},
      }: { jobMs?: number; phase?: string; step?: number; each?: () => void } = {},
    ): Promise<void> {
      const end = bench.now() + ms;
      while (bench.now() < end) {
        await bench.advance(Math.min(step, end - bench.now()), step);
        for (const job of bench.jobs) {
          if (job.phase !== 'Running') continue;
          if (bench.now() - job.startedAtMs >= jobMs && !endsAt.has(job.jobId)) {
            endsAt.set(job.jobId, bench.now());
            bench.endJob(job.jobId, phase);
          }
        }
        each();
      }
    },
  };
}

export type LimitedBench = ReturnType<typeof createLimitedBench>;
