import type { Budget, PoolRules } from '#lib/rules/rules';
import type { Run } from '../run.ts';
import {
  callOf,
  clock,
  type Destructive,
  destructiveRequests,
  documentAt,
  membersOf,
  rulesOf,
} from './destructive.ts';
import { wasReleased } from './one-call.ts';
import type { Finding } from './oracles.ts';

/** From reading the pool to a request that rests on it, and from a change in the ledger to the last that does not know of it. */
const READING_MS = 32_000;
const DAY_MS = 24 * 3_600_000;
const DOMAINS = [
  'os.modelarts.node/batch.uid',
  'os.modelarts.node/spod.id',
  'cce.kubectl.kubernetes.io/cabinet',
];

function poolRules(run: Run, request: Pick<Destructive, 'by' | 'pool'>): PoolRules | undefined {
  return rulesOf(run, request).pools.find(({ id }) => id === request.pool);
}

/** Nodes that a job of another request has at a time, by the API's own books, and no person has said that it has not. */
export function inFlight(run: Run, { number, pool }: Destructive, atMs: number): Set<string> {
  const jobs = run.world.jobs.filter(
    (job) =>
      job.request !== undefined &&
      job.request !== number &&
      job.pool === pool &&
      job.startedAtMs <= atMs &&
      (job.endedAtMs === undefined ? !job.over : job.endedAtMs > atMs) &&
      !wasReleased(run, job),
  );
  return new Set(jobs.flatMap(({ nodes }) => nodes));
}

/** The pool as it can have been read for a request: nodes that were out of service all the time, and at some time well. */
function seen(run: Run, { pool, sentAtMs, atMs }: Destructive) {
  const names = run.world.namesOf(pool);
  const ever = (node: string, is: Parameters<Run['world']['ever']>[4]) =>
    run.world.ever(pool, node, sentAtMs - 60_000, atMs, is);
  const present = names.filter((node) => ever(node, (stretch) => stretch.present));
  return {
    size: present.length,
    out: present.filter(
      (node) => !ever(node, ({ well }) => well) && !ever(node, (stretch) => !stretch.present),
    ),
    well: present.filter((node) => ever(node, ({ well }) => well)),
  };
}

function numberOf(budget: Budget, size: number): number {
  return 'count' in budget ? budget.count : Math.floor((budget.percent * size) / 100);
}

/** Never too many at once: what is out of service, what is in work, and what is asked for are within the budget. */
export function* withinBudget(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const budget = poolRules(run, request)?.budget?.maxUnavailable;
    if (!budget) continue;
    const { size, out, well } = seen(run, request);
    const working = inFlight(run, request, request.atMs);
    const all = new Set([...out, ...working, ...request.nodes]);
    const rounded = numberOf(budget, size);
    const others = well.filter((node) => !working.has(node) && !request.nodes.includes(node));
    const isSmall = rounded === 0 && 'percent' in budget && budget.percent > 0;
    const limit = isSmall ? (others.length >= 2 ? 1 : 0) : rounded;
    if (all.size > limit)
      yield {
        what: `request ${request.number} for ${request.nodes.join(', ')} at ${clock(request.atMs)} made it ${all.size} of ${size} nodes out of service (${out.length} were, ${working.size} in work); the budget is ${limit}`,
        atMs: request.atMs,
      };
  }
}

/** Never too many in a day. */
export function* withinDay(run: Run): Iterable<Finding> {
  const requests = destructiveRequests(run);
  for (const request of requests) {
    const budget = poolRules(run, request)?.budget?.perDay;
    if (!budget) continue;
    const { size } = seen(run, request);
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

/** Nothing is done outside of the windows of a pool. */
export function* withinWindow(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const windows = poolRules(run, request)?.windows ?? [];
    if (windows.length === 0) continue;
    const isOpen = windows.some(({ start, lengthMs }) => {
      const opened = lastOpening(start, request.sentAtMs);
      return request.sentAtMs < opened + lengthMs + READING_MS;
    });
    if (!isOpen)
      yield {
        what: `request ${request.number} was sent at ${clock(request.sentAtMs)}, when no window was open`,
        atMs: request.sentAtMs,
      };
  }
}

/** When a window `a/b * * * ? *` opened last: at every b-th minute of the hour from a on. */
function lastOpening(start: string, nowMs: number): number {
  const [, first = '0', step = '60'] = /^(\d+)\/(\d+) /.exec(start) ?? [];
  const minute = Math.floor(nowMs / 60_000) % 60;
  for (let ago = 0; ago <= 60; ago += 1) {
    const at = (minute - ago + 60) % 60;
    if (at >= Number(first) && (at - Number(first)) % Number(step) === 0)
      return (Math.floor(nowMs / 60_000) - ago) * 60_000;
  }
  return 0;
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

function domainsOf(run: Run, pool: string, name: string): string[] {
  const labels = run.world.pools.get(pool)?.nodes.get(name)?.labels ?? {};
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

/** The first time that each node is known to have been reported for each remediation: when its guards were first on record. */
function reportsOf(run: Run, pool: string): { atMs: number; node: string }[] {
  const reports = new Map<string, { atMs: number; node: string }>();
  for (const { document, atMs } of run.writes) {
    if (!document.pk.startsWith('remediation#')) continue;
    const value = document['value'] as any;
    // What only tells somebody reports nothing; what comes after it, and nothing else before, does.
    if (value.pool !== pool || value.alerts.length === 0 || value.action === 'notify') continue;
    const rule = run.rules.rules.find(({ name }) => name === value.rule);
    const before = rule?.ladder.slice(0, value.ladder?.rung ?? 0) ?? [];
    if (before.some(({ action }) => action !== 'notify')) continue;
    if (reports.has(value.id) || !value.receipts.some(({ step }: any) => step === 'guard')) continue;
    const [named] = value.nodes ?? [];
    const node = run.world.nameOf(pool, named) ?? named;
    reports.set(value.id, { atMs, node });
  }
  return [...reports.values()];
}

/** When a storm certainly held a pool: from the report that made it one to `within` after the last one. */
export function stormsOf(run: Run, pool: string): { fromMs: number; untilMs: number; lastMs: number }[] {
  const rules = run.rules.pools.find(({ id }) => id === pool);
  if (!rules?.storm || run.scenario.inputs.some(({ kind }) => kind === 'rules')) return [];
  const { nodes = { percent: 100 }, withinMs } = rules.storm;
  // As many as ever were in the pool: the limit is not larger than that.
  const limit = Math.max(numberOf(nodes, run.world.namesOf(pool).length), 2);
  const reports: { atMs: number; node: string }[] = [];
  // Who is reported again meanwhile is not new.
  for (const report of reportsOf(run, pool)) {
    const isKnown = reports.some(
      ({ node, atMs }) => node === report.node && atMs > report.atMs - withinMs - 60_000,
    );
    if (!isKnown) reports.push(report);
  }
  const storms: { fromMs: number; untilMs: number; lastMs: number }[] = [];
  for (const [index, { atMs }] of reports.entries()) {
    const recent = reports.slice(0, index + 1).filter((one) => one.atMs > atMs - withinMs + 90_000);
    if (new Set(recent.map(({ node }) => node)).size <= limit) continue;
    storms.push({ fromMs: atMs, untilMs: atMs + withinMs - 90_000, lastMs: atMs });
  }
  return storms;
}

/** Many nodes at once are one incident: nothing is done until it is over, and then one after another. */
export function* stormHolds(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const { fromMs, untilMs } of stormsOf(run, request.pool)) {
      const where = `request ${request.number} was sent at ${clock(request.sentAtMs)}`;
      if (request.sentAtMs > fromMs + READING_MS && request.sentAtMs < untilMs)
        yield {
          what: `${where}, in the storm that was there since ${clock(fromMs)}`,
          atMs: request.sentAtMs,
        };
      const nodes = new Set([...inFlight(run, request, request.atMs), ...request.nodes]);
      const isSlow = request.sentAtMs > fromMs + READING_MS && request.sentAtMs < untilMs + 3_600_000;
      if (isSlow && nodes.size > 1)
        yield {
          what: `${where}, in the hour after the storm of ${clock(fromMs)}, and made it ${nodes.size} nodes in work`,
          atMs: request.sentAtMs,
        };
    }
  }
}

/** A person is told of a storm, once. */
export function* stormTold(run: Run): Iterable<Finding> {
  for (const pool of run.world.pools.keys()) {
    const [storm] = stormsOf(run, pool);
    const told = run.deployment.told.filter(
      ({ body, taken }) => taken && body.incident === 'storm' && body.pool.id === pool,
    );
    if (storm && told.length === 0 && !isBuried(run, '"incident":"storm"'))
      yield { what: `nobody was told of the storm of ${clock(storm.fromMs)} in ${pool}` };
    const ids = new Set(told.map(({ body }) => /since ([^:]+:[^:]+:[^:]+Z)/.exec(body.text)?.[1]));
    const notices = new Set(told.map(({ body }) => body.id));
    if (notices.size > ids.size)
      yield { what: `people were told ${notices.size} times of ${ids.size} storms in ${pool}` };
  }
}

function isBuried(run: Run, text: string): boolean {
  return [...run.deployment.deadLetters.values()].some((queue) =>
    queue.messages().some(({ body }) => body.includes(text)),
  );
}

/** One of the outcomes that the breaker counts. */
type Result = { atMs: number; failed: boolean; certain: boolean };

function resultsOf(run: Run, pool: string): Result[] {
  const results: Result[] = [];
  for (const { document, before, atMs, by } of run.writes) {
    const value = document['value'] as any;
    const earlier = before?.['value'] as any;
    if (value.pool !== pool) continue;
    const certain = !hadMishap(run, by);
    if (document.pk.startsWith('call#') && earlier?.state !== value.state) {
      if (value.state === 'lost' || (value.state === 'refused' && (value.error?.status ?? 0) >= 500))
        results.push({ atMs, failed: true, certain });
    }
    if (!document.pk.startsWith('remediation#') || value.action === 'notify') continue;
    const wasSent = value.receipts.some(({ step }: any) => step === 'call');
    if (!wasSent || earlier?.state === value.state) continue;
    const targets = Object.values<any>(value.outcomes).filter(
      ({ state }) => state === 'failed' || state === 'succeeded',
    );
    // One of several nodes counts by itself: more than a model of this kind can tell.
    const single = (value.nodes?.length ?? 0) === 1 && targets.length === 1;
    if (value.state === 'succeeded') results.push({ atMs, failed: false, certain: certain && single });
    else if (value.state === 'failed') results.push({ atMs, failed: true, certain: certain && single });
    else if (value.state === 'escalated' || value.state === 'needs-human')
      results.push({ atMs, failed: true, certain: certain && single && value.state === 'escalated' });
  }
  return results;
}

function hadMishap(run: Run, process: string): boolean {
  for (const key of run.mishaps.keys()) if (key === process || key.startsWith(`${process}/`)) return true;
  return false;
}

/** After several failures in a row nothing is done for a while, and then one after another until one succeeds. */
export function* breakerHolds(run: Run): Iterable<Finding> {
  if (run.scenario.inputs.some(({ kind }) => kind === 'rules')) return;
  for (const { id: pool, breaker } of run.rules.pools) {
    if (!breaker) continue;
    const requests = destructiveRequests(run).filter((request) => request.pool === pool);
    const results = resultsOf(run, pool);
    let failures = 0;
    let trips = 0;
    let openUntilMs = 0;
    let known = true;
    for (const [index, { atMs, failed, certain }] of results.entries()) {
      if (!certain) known = false;
      const next = results[index + 1];
      // Two that are written at the same time may be counted in either order.
      if (next && next.failed !== failed && next.atMs - atMs < 5_000) known = false;
      if (!failed) {
        if (certain && !(next && next.atMs - atMs < 5_000)) known = true;
        failures = 0;
        trips = 0;
        openUntilMs = 0;
      } else if (known) {
        failures += 1;
        if (openUntilMs <= atMs && (trips > 0 || failures >= breaker.failures)) {
          trips += 1;
          openUntilMs =
            atMs + Math.min(breaker.pauseMs * 2 ** (trips - 1), Math.max(3_600_000, breaker.pauseMs));
        }
      }
      if (!known || trips === 0) continue;
      for (const request of requests) {
        if (request.sentAtMs < atMs + READING_MS || request.sentAtMs > (next?.atMs ?? Infinity)) continue;
        const where = `request ${request.number} was sent at ${clock(request.sentAtMs)}`;
        if (request.sentAtMs < openUntilMs - 1_000)
          yield {
            what: `${where}, after ${failures} failures in a row; nothing was to be done until ${clock(openUntilMs)}`,
            atMs: request.sentAtMs,
          };
        const nodes = new Set([...inFlight(run, request, request.atMs), ...request.nodes]);
        if (nodes.size > 1)
          yield {
            what: `${where}, after ${failures} failures in a row, and made it ${nodes.size} nodes in work`,
            atMs: request.sentAtMs,
          };
      }
    }
  }
}

/** A place that an older command waits for is not taken by a younger one. */
export function* oldestFirst(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const budget = poolRules(run, request)?.budget?.maxUnavailable;
    if (!budget) continue;
    const youngest = membersOf(run, request)
      .filter(({ remediation }) => remediation)
      .toSorted((a, b) => Date.parse(b.remediation.createdAt) - Date.parse(a.remediation.createdAt))[0];
    const { size, out, well } = seen(run, request);
    // A node that is out of service takes no place.
    const wasIll = (node: string) =>
      run.world.ever(request.pool, node, request.sentAtMs - 60_000, request.atMs, (stretch) => !stretch.well);
    if (!youngest || youngest.targets.some(wasIll)) continue;
    const waitedAt = (atMs: number): any[] =>
      (documentAt(run, `pool#${request.pool}`, atMs)?.waiting ?? []).filter(
        ({ waitsFor, wokenAt, createdAt, until }: any) =>
          waitsFor === 'place' &&
          wokenAt === undefined &&
          Date.parse(until) > atMs &&
          Date.parse(createdAt) < Date.parse(youngest.remediation.createdAt),
      );
    const then = waitedAt(request.sentAtMs).filter(({ remediation }) =>
      waitedAt(request.sentAtMs - READING_MS).some((one) => one.remediation === remediation),
    );
    const all = new Set([...out, ...inFlight(run, request, request.atMs), ...request.nodes]);
    const rounded = numberOf(budget, size);
    const isSmall = rounded === 0 && 'percent' in budget && budget.percent > 0;
    const limit = isSmall && well.length >= 2 ? 1 : rounded;
    if (then.length > 0 && all.size + then.length > limit)
      yield {
        what: `request ${request.number} for ${youngest.remediation.id} at ${clock(request.atMs)} made it ${all.size} of at most ${limit} nodes, while ${then[0].remediation} had waited for longer`,
        atMs: request.atMs,
      };
  }
}
