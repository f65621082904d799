import type { Write } from '#local/rehearsal/cloud/table';
import { documentAt, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { clock } from '../facts/destructive.ts';
import {
  bearerAt,
  mostOut,
  numberOf,
  poolAt,
  poolRules,
  readingOf,
  sizesKnown,
  spentBefore,
  wasOddFor,
} from '../facts/readings.ts';
import type { Finding } from '../oracles.ts';
import { pauseOf, type Result, resultsOf } from './breaker.ts';
import { batchOf, domainsOf } from './limits.ts';
import { reportsOf } from './storm.ts';
import { isOpen } from './windows.ts';

/** A node counts for a day, from the end of the hour in which it was worked on. */
const COUNTED_MS = 25 * 3_600_000;
/** Between what a verdict rests on and its record in the ledger. */
const JUDGED_MS = 30_000;
/** From reading the ledger to reading the pool from the API. */
const READ_MS = 15_000;
/** A pool that is read again at once is read again within a few seconds. */
const AT_ONCE_MS = 5_000;
/** How long a command that waits no longer may stand in the list. */
const OVER_MS = 6 * 60_000;

/** One word of a guard against a node of a remediation, when it came on record. */
type Refusal = {
  write: Write;
  remediation: any;
  guard: string;
  node: string;
  /** The nodes that it was judged for: its own, and those that go along. */
  judged: readonly string[];
  atMs: number;
  by: string;
  readAtMs: number;
  /** When it must be judged again, if the guard says so. */
  untilMs: number | undefined;
};

/** Every time that a guard of the pool first spoke against a remediation of one node. */
function refusalsOf(run: Run): Refusal[] {
  return run.writes.flatMap((write): Refusal[] => {
    const { document, before, atMs, by } = write;
    const remediation = document['value'] as any;
    if (!document.pk.startsWith('remediation#') || remediation.nodes?.length !== 1) return [];
    const { pool, receipts, nodes } = remediation;
    const reading = readingOf(run, { by, pool }, atMs);
    const known = (before?.['value'] as any)?.receipts.length ?? 0;
    if (!reading || wasOddFor(run, { by, pool }, atMs)) return [];
    const added: any[] = receipts.slice(known);
    // The verdicts of a pool about a node that it does not have do not matter.
    if (added.some(({ guard, allowed }) => guard === 'node-present' && allowed === false)) return [];
    const judged = added.flatMap(({ step, targets = [] }) => (step === 'guard' ? targets : []));
    return added
      .filter(({ step, allowed }: any) => step === 'guard' && allowed === false)
      .map(({ guard, until }: any) => ({
        write,
        remediation,
        guard,
        node: bearerAt(run, pool, nodes[0], atMs),
        judged,
        atMs,
        by,
        readAtMs: reading.atMs,
        untilMs: until === undefined ? undefined : Date.parse(until),
      }));
  });
}

/** Nodes that a remediation held at any moment shortly before a verdict, and those that its own process dealt with. */
function heldAround(run: Run, { remediation: { pool, id }, atMs, by, readAtMs }: Refusal): Set<string> {
  const writes = writesOf(run, `pool#${pool}`);
  const documents = writes.filter(
    (one, index) =>
      one.atMs <= atMs && (writes[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) >= readAtMs - READ_MS,
  );
  // A command may be judged with others that another process carries out meanwhile.
  const siblings = (run.deployment.batches.get(by) ?? []).flatMap((body) => {
    const [, other = ''] = /"id":"([^"]+)"/.exec(body) ?? [];
    const value = other === id ? undefined : documentAt(run, `remediation#${other}`, atMs);
    const names: string[] = value?.pool === pool ? (value.nodes ?? []) : [];
    return names.map((name) => run.world.nameOf(pool, name) ?? name);
  });
  return new Set([
    ...documents.flatMap(({ document }) => Object.keys((document['value'] as any).held)),
    ...siblings,
  ]);
}

/**
 * The other members of a supernode that go with a command's node. A command that only observes does not keep them: they are the
 * nodes of the supernode for which it was judged.
 */
function alongOf(run: Run, { remediation: { pool, whole }, node, judged }: Refusal): string[] {
  const own = batchOf(run, pool, node);
  return whole?.nodes ?? judged.filter((name) => own !== undefined && batchOf(run, pool, name) === own);
}

/** No command is held back by a limit that is not reached. */
export function* heldBackForReason(run: Run): Iterable<Finding> {
  if (run.scenario.inputs.some(({ kind }) => kind === 'rules')) return;
  for (const refusal of refusalsOf(run)) {
    const { guard, node, atMs, remediation } = refusal;
    const why = REASONS[guard]?.(run, refusal);
    if (why !== undefined)
      yield {
        what: `${remediation.id} for ${node} was held back by ${guard} at ${clock(atMs)}: ${why}`,
        atMs,
      };
  }
}

/** By guard, what shows that it was wrong; undefined where it may have been right. */
const REASONS: Record<string, (run: Run, refusal: Refusal) => string | undefined> = {
  window(run, { remediation: { pool }, by, readAtMs, atMs }) {
    const windows = poolRules(run, { by, pool })?.windows ?? [];
    if (windows.length === 0) return 'the pool has no windows';
    // Between the two there may have been a moment without.
    return isOpen(windows, readAtMs) && isOpen(windows, atMs) && atMs - readAtMs < JUDGED_MS
      ? 'a window was open'
      : undefined;
  },
  'failure-domain'(run, refusal) {
    const { pool, id } = refusal.remediation;
    const own = [refusal.node, ...alongOf(run, refusal)].flatMap((name) => domainsOf(run, pool, name));
    const record = documentAt(run, `pool#${pool}`, refusal.atMs);
    const other = [...heldAround(run, refusal)].find(
      (name) =>
        record?.held[name]?.remediation !== id &&
        domainsOf(run, pool, name).some((domain) => own.includes(domain)),
    );
    return other === undefined ? 'nothing of its failure domains was held' : undefined;
  },
  budget(run, refusal) {
    const { pool, id } = refusal.remediation;
    const budget = poolRules(run, { by: refusal.by, pool })?.budget.maxUnavailable;
    if (!budget) return undefined;
    const read = poolAt(run, pool, refusal.readAtMs);
    const held = heldAround(run, refusal);
    const out = new Set([...read.ill, ...held, refusal.node, ...alongOf(run, refusal)]);
    const others = read.well.filter((name) => !out.has(name));
    const limit = mostOut(budget, read.all.length, others.length);
    const missing = Math.max(0, Math.max(0, ...sizesKnown(run, pool, refusal.atMs)) - read.all.length);
    const isWaitedFor = [refusal.atMs, refusal.atMs - JUDGED_MS].some((atMs) =>
      waitersAt(run, pool, atMs).some((other) => other !== id),
    );
    return out.size + missing <= limit && !isWaitedFor && !isGivenBackSince(run, pool, refusal)
      ? `with it ${out.size} nodes were out of service; the budget is ${limit}`
      : undefined;
  },
  'budget-per-day'(run, refusal) {
    const { pool } = refusal.remediation;
    const budget = poolRules(run, { by: refusal.by, pool })?.budget.perDay;
    if (!budget) return undefined;
    const rounded = numberOf(budget, poolAt(run, pool, refusal.readAtMs).all.length);
    const limit = 'percent' in budget && budget.percent > 0 ? Math.max(rounded, 1) : rounded;
    const nodes = new Set([
      ...spentBefore(run, pool, refusal.atMs, COUNTED_MS + JUDGED_MS),
      ...heldAround(run, refusal),
      refusal.node,
      ...alongOf(run, refusal),
    ]);
    return nodes.size <= limit && !isReadAgain(run, refusal)
      ? `with it ${nodes.size} nodes were worked on within a day; the budget is ${limit}`
      : undefined;
  },
  storm(run, { remediation: { pool }, atMs }) {
    const withinMs = run.rules.pools.find(({ id }) => id === pool)?.storm.withinMs ?? 600_000;
    const last = reportsOf(run, pool).findLast(
      ({ fromMs, toMs }) => fromMs <= atMs && toMs >= atMs - withinMs - JUDGED_MS,
    );
    return last ? undefined : 'no node had been reported for as long as it takes';
  },
  breaker(run, { remediation: { pool }, atMs }) {
    const breaker = run.rules.pools.find(({ id }) => id === pool)?.breaker;
    if (!breaker) return undefined;
    const before = resultsOf(run, pool).filter((result) => result.atMs <= atMs);
    const isClosed = (result: Result) => !result.failed && result.certain && result.atMs < atMs - JUDGED_MS;
    const closed = before.findLast(isClosed)?.atMs ?? 0;
    const failures = before.filter(({ failed, atMs: failedMs }) => failed && failedMs >= closed);
    const lastMs = failures.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    const mostMs = pauseOf(breaker.pauseMs, Math.max(failures.length - breaker.failures + 1, 1));
    return lastMs + mostMs + JUDGED_MS < atMs
      ? `there were ${failures.length} failures, the last of them long ago`
      : undefined;
  },
};

/** Commands that wait for a slot, or must be tried, and have not ended: an ended command keeps no other waiting for long. */
function waitersAt(run: Run, pool: string, atMs: number): string[] {
  const { waiting = [] } = documentAt(run, `pool#${pool}`, atMs) ?? {};
  const isAlive = (remediation: string) =>
    [atMs, atMs - OVER_MS].some((thenMs) =>
      ['submitting', 'deferred'].includes(documentAt(run, `remediation#${remediation}`, thenMs)?.state),
    );
  return waiting.map(({ remediation }: any) => remediation).filter(isAlive);
}

/** Whether a node was released since the pool was read, so that the pool is read again at once: no command waits for a day. */
function isReadAgain(run: Run, refusal: Refusal): boolean {
  const { untilMs, atMs, remediation } = refusal;
  const isAtOnce = untilMs !== undefined && untilMs <= atMs + AT_ONCE_MS;
  return isAtOnce && isGivenBackSince(run, remediation.pool, refusal);
}

function isGivenBackSince(run: Run, pool: string, { readAtMs, atMs }: Refusal): boolean {
  return writesOf(run, `pool#${pool}`).some(
    (write) =>
      write.atMs >= readAtMs - JUDGED_MS &&
      write.atMs <= atMs &&
      (write.document['value'] as any).releases !== ((write.before?.['value'] as any)?.releases ?? 0),
  );
}
