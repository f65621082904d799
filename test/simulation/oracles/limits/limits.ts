import { writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { wasReleased } from '../calls/one-call.ts';
import { callOf, clock, type Destructive, destructiveRequests, membersOf } from '../facts/destructive.ts';
import { mostOut, numberOf, poolAt, poolRules, readingOf, trueAtMs } from '../facts/readings.ts';
import type { Finding } from '../oracles.ts';

/** From reading the pool to a request that rests on it, where it is not known when it was read. */
const READING_MS = 32_000;
const DAY_MS = 24 * 3_600_000;
const DOMAINS = [
  'os.modelarts.node/batch.uid',
  'os.modelarts.node/spod.id',
  'cce.kubectl.kubernetes.io/cabinet',
];

/** Nodes that a job of another request has at a time, by the API's own books, and no person has said that it has not. */
export function inFlight(run: Run, { number, pool }: Destructive, atMs: number): Set<string> {
  const jobs = run.world.jobs.filter(
    (job) =>
      job.request !== undefined &&
      job.request !== number &&
      job.pool === pool &&
      job.startedAtMs <= atMs &&
      (job.endedAtMs === undefined || job.endedAtMs > atMs) &&
      !wasReleased(run, job),
  );
  return new Set(jobs.flatMap(({ nodes }) => nodes));
}

/** Nodes that a remediation held in the ledger, or that were in a job, at any moment of a span of time. */
function takenBetween(run: Run, { pool, number }: Destructive, fromMs: number, toMs: number): Set<string> {
  const writes = writesOf(run, `pool#${pool}`);
  const documents = writes.filter(
    ({ atMs }, index) => atMs <= toMs && (writes[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) >= fromMs,
  );
  const jobs = run.world.jobs.filter(
    (job) =>
      job.request !== undefined &&
      job.request !== number &&
      job.pool === pool &&
      job.startedAtMs <= toMs &&
      (job.endedAtMs ?? Number.POSITIVE_INFINITY) >= fromMs,
  );
  return new Set([
    ...documents.flatMap(({ document }) => Object.keys((document['value'] as any).held)),
    ...jobs.flatMap(({ nodes }) => nodes),
  ]);
}

/**
 * Never too many at once: what is out of service, what is in work, and what is asked for are within the budget. A node that
 * has broken by itself since the pool was read is forgiven; one that a call has left broken is not.
 */
export function* withinBudget(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const { pool, sentAtMs } = request;
    const budget = poolRules(run, request)?.budget.maxUnavailable;
    if (!budget) continue;
    const reading = readingOf(run, request, sentAtMs);
    const readAtMs = reading ? trueAtMs(reading) : sentAtMs - READING_MS;
    const read = poolAt(run, pool, readAtMs);
    const handled = takenBetween(run, request, readAtMs, sentAtMs);
    // One that was well when the request took effect is not out of service with the others.
    const stillIll = poolAt(run, pool, request.atMs).ill;
    const out = poolAt(run, pool, sentAtMs).ill.filter(
      (node) => stillIll.includes(node) && (read.ill.includes(node) || handled.has(node)),
    );
    const working = inFlight(run, request, request.atMs);
    const all = new Set([...out, ...working, ...request.nodes]);
    const others = read.well.filter((node) => !working.has(node) && !request.nodes.includes(node));
    const limit = mostOut(budget, read.all.length, others.length);
    if (all.size > limit)
      yield {
        what: `request ${request.number} for ${request.nodes.join(', ')} at ${clock(request.atMs)} made it ${all.size} of ${read.all.length} nodes out of service (${out.length} were, ${working.size} in work); the budget is ${limit}`,
        atMs: request.atMs,
      };
  }
}

/** Never too many in a day. */
export function* withinDay(run: Run): Iterable<Finding> {
  const requests = destructiveRequests(run);
  for (const request of requests) {
    const budget = poolRules(run, request)?.budget.perDay;
    if (!budget) continue;
    const readAtMs = readingOf(run, request, request.sentAtMs)?.atMs ?? request.sentAtMs;
    const size = poolAt(run, request.pool, readAtMs).all.length;
    const rounded = numberOf(budget, size);
    const limit = 'percent' in budget && budget.percent > 0 ? Math.max(rounded, 1) : rounded;
    const earlier = requests.filter(
      (other) =>
        other.pool === request.pool &&
        other.done &&
        other.atMs < request.sentAtMs &&
        other.atMs > request.sentAtMs - DAY_MS + 60_000,
    );
    const nodes = new Set([...request.nodes, ...earlier.flatMap((other) => other.nodes)]);
    const isNews = request.nodes.some((node) => !earlier.some((other) => other.nodes.includes(node)));
    if (isNews && nodes.size > limit)
      yield {
        what: `request ${request.number} at ${clock(request.atMs)} made it ${nodes.size} different nodes in a day; the budget is ${limit}`,
        atMs: request.atMs,
      };
  }
}

/** Two nodes that share what can fail are not in work for two remediations at a time. */
export function* oneInDomain(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const working = inFlight(run, request, request.atMs);
    const members = membersOf(run, request);
    const ownerOf = (node: string) =>
      members.find(({ targets }) => targets.includes(node))?.remediation?.id as string | undefined;
    for (const node of request.nodes) {
      const domains = domainsOf(run, request.pool, node);
      if (domains.length === 0) continue;
      const shares = (other: string) =>
        other !== node && domainsOf(run, request.pool, other).some((domain) => domains.includes(domain));
      const other =
        [...working].find((name) => shares(name) && !isOwnJob(run, name, ownerOf(node), request)) ??
        request.nodes.find((name) => shares(name) && ownerOf(name) !== ownerOf(node));
      if (other)
        yield {
          what: `request ${request.number} asked for ${node} at ${clock(request.atMs)} while ${other} of ${domains.join(', ')} was in work`,
          atMs: request.atMs,
        };
    }
  }
}

/** The labels of a node. One that is gone had them once. */
function labelsOf(run: Run, pool: string, name: string): Record<string, string> {
  const { nodes } = run.world.pools.get(pool) ?? {};
  const first = run.scenario.pools.find(({ id }) => id === pool)?.nodes;
  return (nodes?.get(name) ?? first?.get(name))?.labels ?? {};
}

/** The supernode that a node is part of; undefined: none. */
export function batchOf(run: Run, pool: string, name: string): string | undefined {
  return labelsOf(run, pool, name)['os.modelarts.node/batch.uid'];
}

export function domainsOf(run: Run, pool: string, name: string): string[] {
  const labels = labelsOf(run, pool, name);
  return DOMAINS.flatMap((label) => (labels[label] ? [`${label}=${labels[label]}`] : []));
}

/** Whether a node is in work for the same remediation. */
function isOwnJob(run: Run, node: string, remediation: string | undefined, { number }: Destructive): boolean {
  return destructiveRequests(run).some(
    (other) =>
      other.number !== number &&
      other.nodes.includes(node) &&
      (callOf(run, other)?.members ?? []).some((member: any) => member.remediation === remediation),
  );
}
