import { documentAt, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { clock, OUT_OF_SERVICE } from '../facts/destructive.ts';
import { mostOut, poolAt, poolRules, readingOf, wasDisturbed, wasOddFor } from '../facts/readings.ts';
import type { Finding } from '../oracles.ts';
import { isBuried } from './storm.ts';

const isOfPool = (body: any, pool: string) => body.incident === 'over-budget' && body.pool!.id === pool;

/** Whether a command takes its nodes out of service. Nothing else waits for the budget: a label is set in a pool that is over it, too. */
function takesOutOfService({ action, parameters }: any): boolean {
  return OUT_OF_SERVICE.includes(action) || parameters.action === 'openHaRedundant';
}

/** If more nodes are out of service by themselves than may be, so that nothing can be done to any, people hear of it. */
export function* overBudgetTold(run: Run): Iterable<Finding> {
  if (run.scenario.inputs.some(({ kind }) => kind === 'rules')) return;
  if (!run.rules.notify.some(({ when }) => when.includes('needs-human'))) return;
  for (const { id: pool } of run.rules.pools) {
    for (const { document, before, atMs, by } of run.writes) {
      const value = document['value'] as any;
      if (!document.pk.startsWith('remediation#') || value.pool !== pool || wasDisturbed(run, by)) continue;
      const was = before?.['value'] as any;
      if (value.state !== 'deferred' || was?.deferrals === value.deferrals) continue;
      // A command that was not judged does not wait for the pool: something else could not be read, or the API refused its call.
      if (was?.judgements === value.judgements) continue;
      if (!takesOutOfService(value)) continue;
      const found = outAt(run, { by, pool }, atMs);
      if (!found || found.out <= found.limit) continue;
      const isTold =
        run.deployment.told.some(({ body, taken }) => taken && isOfPool(body, pool)) ||
        isBuried(run, '"incident":"over-budget"');
      if (!isTold)
        yield {
          what: `no person heard that ${found.out} nodes of ${pool} were out of service at ${clock(atMs)} with nothing being done to them; at most ${found.limit} may be`,
          atMs,
        };
    }
  }
}

/** How many nodes without a hold a process has seen out of service, and how many may be; undefined where it is unclear. */
function outAt(run: Run, { by, pool }: { by: string; pool: string }, atMs: number) {
  const budget = poolRules(run, { by, pool })?.budget.maxUnavailable;
  const reading = readingOf(run, { by, pool }, atMs);
  if (!budget || !reading || wasOddFor(run, { by, pool }, atMs)) return undefined;
  // The process may or may not have seen a change, in the pool or in the ledger, since the reading.
  if (
    writesOf(run, `pool#${pool}`).some(
      (write) => write.atMs >= reading.sentAtMs && write.by !== by && write.atMs <= atMs,
    )
  )
    return undefined;
  const { all, well, ill } = poolAt(run, pool, reading.atMs);
  const held = new Set(Object.keys(documentAt(run, `pool#${pool}`, reading.sentAtMs)?.held ?? {}));
  const others = well.filter((node) => !held.has(node)).length;
  return { out: ill.filter((node) => !held.has(node)).length, limit: mostOut(budget, all.length, others) };
}

/** Whether any answer about a pool was odd shortly before a time. */
function wasReadOddly(run: Run, pool: string, atMs: number): boolean {
  return run.requests.some(
    (one) => one.odd !== undefined && one.pool === pool && one.atMs > atMs - 60_000 && one.atMs <= atMs,
  );
}

/** No recipient hears of a pool that never was over its budget. */
export function* overBudgetHasCause(run: Run): Iterable<Finding> {
  for (const { body, atMs } of run.deployment.told) {
    if (body.incident !== 'over-budget') continue;
    const pool: string = body.pool!.id;
    const sinceMs = Date.parse(body.at!);
    // The process that entered it had read the pool within the time that its function may run.
    const most = [0, 5_000, 10_000, 20_000, 40_000, 60_000].map(
      (agoMs) => poolAt(run, pool, sinceMs - agoMs).ill.length,
    );
    const entered = writesOf(run, `pool#${pool}`)
      .map(({ document }) => (document['value'] as any).overBudget)
      .find((entry) => entry?.since === body.at);
    if (!entered)
      yield {
        what: `people heard at ${clock(atMs)} of ${pool} over its budget, and the ledger has none`,
      };
    else if (entered.unavailable <= entered.limit)
      yield {
        what: `people heard at ${clock(atMs)} that ${entered.unavailable} nodes of ${pool} are out of service where ${entered.limit} may be`,
      };
    // A node counts as out of service if a part of it cannot be read.
    else if (Math.max(...most) === 0 && !wasReadOddly(run, pool, sinceMs))
      yield { what: `people heard at ${clock(atMs)} of ${pool} over its budget; every node was well` };
  }
}
