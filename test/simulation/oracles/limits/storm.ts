import { writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { clock, destructiveRequests } from '../facts/destructive.ts';
import { numberOf, placedAtMs, poolAt, sizesKnown } from '../facts/readings.ts';
import type { Finding } from '../oracles.ts';
import { inFlight } from './limits.ts';

/** After a storm a pool is taken slowly for so long. */
const SLOW_MS = 3_600_000;

/** Between the report of a node and reading its pool. */
const READ_MS = 30_000;

/** A node that alerts reported for one remediation: not before it was opened, and before its guards were first on record. */
type Report = { fromMs: number; toMs: number; node: string };

const reported = new WeakMap<Run, Map<string, Report[]>>();

/** Every report of a node of a pool, by when it was made at the latest. `toMs` is infinite for what may never have been. */
export function reportsOf(run: Run, pool: string): Report[] {
  const known = reported.get(run) ?? new Map<string, Report[]>();
  reported.set(run, known);
  const found = known.get(pool) ?? allReports(run, pool);
  known.set(pool, found);
  return found;
}

function allReports(run: Run, pool: string): Report[] {
  const reports = new Map<string, Report>();
  for (const { document, atMs } of run.writes) {
    if (!document.pk.startsWith('remediation#')) continue;
    const value = document['value'] as any;
    // A notice reports nothing; a remediation that comes after notices alone does.
    if (value.pool !== pool || value.alerts.length === 0 || value.action === 'notify' || !value.nodes)
      continue;
    const rule = run.rules.rules.find(({ name }) => name === value.rule);
    // A rule that only observes does nothing to its nodes, and reports nothing.
    if (value.mode === 'observe' || rule?.mode === 'observe') continue;
    const before = rule?.ladder.slice(0, value.ladder?.rung ?? 0) ?? [];
    if (before.some(({ action }) => action !== 'notify')) continue;
    const [named] = value.nodes ?? [];
    const report = reports.get(value.id) ?? {
      fromMs: atMs,
      toMs: Number.POSITIVE_INFINITY,
      node: run.world.nameOf(pool, named) ?? named,
    };
    reports.set(value.id, report);
    if (report.toMs === Number.POSITIVE_INFINITY && isLookedAt(value)) report.toMs = atMs;
  }
  return [...reports.values()].toSorted((a, b) => a.toMs - b.toMs);
}

/** Whether the guards of the pool have looked at a remediation. */
function isLookedAt({ receipts }: any): boolean {
  return receipts.some(({ step, guard }: any) => step === 'guard' && guard === 'storm');
}

/** When a storm certainly held a pool: from the report that made it one to `within` after the last one. */
export function stormsOf(run: Run, pool: string): { fromMs: number; untilMs: number }[] {
  const rules = run.rules.pools.find(({ id }) => id === pool);
  if (!rules?.storm || run.scenario.inputs.some(({ kind }) => kind === 'rules')) return [];
  const { nodes = { percent: 100 }, withinMs } = rules.storm;
  // As many as ever were in the pool: the limit is not larger than that.
  const limit = Math.max(numberOf(nodes, run.world.namesOf(pool).length), 2);
  // Who was reported shortly before is not new; only those count that certainly are.
  const all = reportsOf(run, pool);
  const certain = all.filter(
    (report) =>
      report.toMs !== Number.POSITIVE_INFINITY &&
      // A name that the pool does not show may be any sender's mistake.
      !run.world.ever(pool, report.node, report.fromMs - READ_MS, report.toMs, ({ present }) => !present) &&
      run.world.past(pool, report.node).length > 0 &&
      !all.some(
        (other) =>
          other !== report &&
          other.node === report.node &&
          other.fromMs <= report.toMs &&
          other.toMs > report.fromMs - withinMs,
      ),
  );
  return certain.flatMap((last, index) => {
    const recent = certain.slice(0, index + 1).filter(({ fromMs }) => fromMs > last.toMs - withinMs);
    if (new Set(recent.map(({ node }) => node)).size <= limit) return [];
    const lastMs = Math.max(...recent.map(({ fromMs }) => fromMs));
    return [{ fromMs: last.toMs, untilMs: lastMs + withinMs }];
  });
}

/** Many nodes at once are one incident: nothing is done until it is over, and then one after another. */
export function* stormHolds(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const { fromMs, untilMs } of stormsOf(run, request.pool)) {
      if (placedAtMs(run, request) <= fromMs) continue;
      const where = `request ${request.number} was sent at ${clock(request.sentAtMs)}`;
      if (request.sentAtMs < untilMs)
        yield {
          what: `${where}, in the storm that was there since ${clock(fromMs)}`,
          atMs: request.sentAtMs,
        };
      const nodes = new Set([...inFlight(run, request, request.atMs), ...request.nodes]);
      if (request.sentAtMs < untilMs + SLOW_MS && nodes.size > 1)
        yield {
          what: `${where}, in the hour after the storm of ${clock(fromMs)}, and made it ${nodes.size} nodes in work`,
          atMs: request.sentAtMs,
        };
    }
  }
}

/** A pool is held for a storm only where more nodes than it takes can have been reported. */
export function* stormHasCause(run: Run): Iterable<Finding> {
  for (const { id: pool, storm: rules, budget } of run.rules.pools) {
    if (run.scenario.inputs.some(({ kind }) => kind === 'rules')) return;
    const { nodes = budget.perDay, withinMs } = rules;
    for (const { document, before, atMs, by } of writesOf(run, `pool#${pool}`)) {
      const { storm } = document['value'] as any;
      if (!storm || storm.since === (before?.['value'] as any)?.storm?.since) continue;
      // A reading that hides the node of an address cannot tell that the node was reported by its name before.
      if (run.requests.some((request) => request.by === by && request.pool === pool && request.odd)) continue;
      const sinceMs = Date.parse(storm.since);
      const reports = reportsOf(run, pool).filter(
        ({ fromMs, toMs }) => fromMs <= sinceMs && toMs >= sinceMs - withinMs,
      );
      const named = [...new Set(reports.map(({ node }) => node))];
      // A node that was replaced has left its address to another, which is reported by the same alert.
      const real = run.world
        .namesOf(pool)
        .filter((name) => named.some((node) => name === node || name === `${node}r`));
      // Unknown names count as far as the pool may have nodes that were not seen.
      const unseen = Math.max(0, ...sizesKnown(run, pool, atMs)) - poolAt(run, pool, atMs).all.length;
      const possible = new Set([...real, ...named.slice(0, real.length + Math.max(0, unseen))]);
      // The pool may have been read a while ago.
      const size = Math.min(...[0, 30_000].map((agoMs) => poolAt(run, pool, atMs - agoMs).all.length));
      const limit = Math.max(numberOf(nodes, size), 2);
      if (possible.size <= limit)
        yield {
          what: `${pool} was held for a storm at ${clock(atMs)}, when ${possible.size} nodes had been reported; it takes more than ${limit}`,
          atMs,
        };
    }
  }
}

/** People hear of a storm, once. */
export function* stormTold(run: Run): Iterable<Finding> {
  for (const pool of run.world.pools.keys()) {
    const [storm] = stormsOf(run, pool);
    const told = run.deployment.told.filter(
      ({ body, taken }) => taken && body.incident === 'storm' && body.pool!.id === pool,
    );
    if (storm && told.length === 0 && !isBuried(run, '"incident":"storm"'))
      yield { what: `no person heard of the storm of ${clock(storm.fromMs)} in ${pool}` };
    const storms = new Set(told.map(({ body }) => body.at));
    const notices = new Set(told.map(({ body }) => body.id));
    if (notices.size > storms.size)
      yield { what: `people heard ${notices.size} times of ${storms.size} storms in ${pool}` };
  }
}

export function isBuried(run: Run, text: string): boolean {
  return [...run.deployment.deadLetters.values()].some((queue) =>
    queue.messages().some(({ body }) => body.includes(text)),
  );
}
