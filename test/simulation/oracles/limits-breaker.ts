import type { Write } from '../cloud/table.ts';
import type { Run } from '../run.ts';
import { clock, destructiveRequests, writesOf } from './destructive.ts';
import { inFlight } from './limits.ts';
import { isBuried } from './limits-storm.ts';
import type { Finding } from './oracles.ts';
import { hadMishap, placedAtMs } from './readings.ts';

const HOUR_MS = 3_600_000;

/** One of the outcomes that the breaker counts, and when it was counted. `certain`: whether it is known that it was, and once. */
export type Result = { atMs: number; failed: boolean; certain: boolean };

/** Every outcome that the breaker of a pool counts, in the order in which they were counted. */
export function resultsOf(run: Run, pool: string): Result[] {
  const counts = writesOf(run, `pool#${pool}`);
  const used = new Set<Write>();
  /** The write of the pool that follows one of its process, and counts it. */
  function countedAt(
    by: string | undefined,
    fromMs: number,
    is: (write: Write) => boolean,
  ): number | undefined {
    const found = counts.find(
      (write) =>
        write.atMs >= fromMs && (by === undefined || write.by === by) && !used.has(write) && is(write),
    );
    if (found) used.add(found);
    return found?.atMs;
  }
  const results: Result[] = [];
  for (const { document, before, atMs, by } of run.writes) {
    const value = document['value'] as any;
    const earlier = before?.['value'] as any;
    if (value.pool !== pool || earlier?.state === value.state) continue;
    const isSound = !hadMishap(run, by);
    const isCall = document.pk.startsWith('call#') && ['reset-nodes', 'migrate-nodes'].includes(value.action);
    if (
      isCall &&
      (value.state === 'lost' || (value.state === 'refused' && (value.error?.status ?? 0) >= 500))
    ) {
      const countedMs = countedAt(by, atMs, changesBreaker);
      results.push({ atMs: countedMs ?? atMs, failed: true, certain: isSound && countedMs !== undefined });
    }
    if (!document.pk.startsWith('remediation#') || value.action === 'notify') continue;
    const wasSent = value.receipts.some(({ step }: any) => step === 'call');
    if (!wasSent || !['succeeded', 'failed', 'escalated', 'needs-human'].includes(value.state)) continue;
    const targets = Object.values<any>(value.outcomes).filter(
      ({ state }) => state === 'failed' || state === 'succeeded',
    );
    // One of several nodes counts by itself: more than a model of this kind can tell.
    const isSingle = (value.nodes?.length ?? 0) === 1 && targets.length === 1;
    const countedMs = countedAt(undefined, atMs, (write) => givesBack(write, value.id));
    const failed = value.state !== 'succeeded';
    const certain = isSound && isSingle && countedMs !== undefined && value.state !== 'needs-human';
    results.push({ atMs: countedMs ?? atMs, failed, certain });
  }
  return results.toSorted((a, b) => a.atMs - b.atMs);
}

function changesBreaker({ document, before }: Write): boolean {
  const breaker = (value: any) => JSON.stringify(value?.breaker);
  return breaker(document['value']) !== breaker(before?.['value']);
}

function givesBack({ document, before }: Write, remediation: string): boolean {
  const held = (value: any) =>
    Object.values<any>(value?.held ?? {}).filter((one) => one.remediation === remediation).length;
  return held(document['value']) < held(before?.['value']);
}

/** After several failures in a row nothing is done for a while, and then one after another until one succeeds. */
export function* breakerHolds(run: Run): Iterable<Finding> {
  if (run.scenario.inputs.some(({ kind }) => kind === 'rules')) return;
  for (const { id: pool, breaker } of run.rules.pools) {
    if (!breaker) continue;
    const requests = destructiveRequests(run)
      .filter((request) => request.pool === pool)
      .map((request) => ({ ...request, placedMs: placedAtMs(run, request) }));
    const results = resultsOf(run, pool);
    let failures = 0;
    let trips = 0;
    let openUntilMs = 0;
    let known = true;
    for (const [index, { atMs, failed, certain }] of results.entries()) {
      if (!certain) known = false;
      const nextMs = results[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
      if (!failed) {
        if (certain) known = true;
        failures = 0;
        trips = 0;
        openUntilMs = 0;
      } else if (known) {
        failures += 1;
        if (openUntilMs <= atMs && (trips > 0 || failures >= breaker.failures)) {
          trips += 1;
          openUntilMs = atMs + pauseOf(breaker.pauseMs, trips);
        }
      }
      if (!known || trips === 0) continue;
      for (const request of requests) {
        if (request.placedMs <= atMs || request.placedMs > nextMs) continue;
        const where = `request ${request.number} was sent at ${clock(request.sentAtMs)}`;
        if (request.sentAtMs < openUntilMs - 1_000)
          yield {
            what: `${where}, after ${failures} failures in a row; nothing was to be done until ${clock(openUntilMs)}`,
            atMs: request.sentAtMs,
          };
        const nodes = new Set([...inFlight(run, request, request.sentAtMs), ...request.nodes]);
        if (nodes.size > 1)
          yield {
            what: `${where}, after ${failures} failures in a row, and made it ${nodes.size} nodes in work`,
            atMs: request.sentAtMs,
          };
      }
    }
  }
}

/** For how long nothing is tried: twice as long each time, at most an hour. */
export function pauseOf(pauseMs: number, trips: number): number {
  return Math.min(pauseMs * 2 ** (trips - 1), Math.max(HOUR_MS, pauseMs));
}

/** The breaker opens only after as many failures as it takes, closes with a success, and people are told of it, once. */
export function* breakerHasCause(run: Run): Iterable<Finding> {
  if (run.scenario.inputs.some(({ kind }) => kind === 'rules')) return;
  for (const { id: pool, breaker: rules } of run.rules.pools) {
    if (!rules) continue;
    const results = resultsOf(run, pool);
    const opened: number[] = [];
    for (const { document, before, atMs } of writesOf(run, `pool#${pool}`)) {
      const { breaker } = document['value'] as any;
      const was = (before?.['value'] as any)?.breaker;
      if ((breaker?.trips ?? 0) <= (was?.trips ?? 0)) continue;
      if (was?.trips > 0) continue;
      opened.push(atMs);
      const success = results.findLast((result) => result.certain && !result.failed && result.atMs < atMs);
      const failures = results.filter(
        (result) => result.failed && result.atMs <= atMs && result.atMs > (success?.atMs ?? 0),
      );
      // A remediation that a person has to look at may be counted before it is known what it was.
      if (failures.length < rules.failures && run.mishaps.size === 0)
        yield {
          what: `the breaker of ${pool} opened at ${clock(atMs)} after ${failures.length} failures; it takes ${rules.failures}`,
          atMs,
        };
    }
    const told = run.deployment.told.filter(
      ({ body, taken }) => taken && body.incident === 'breaker' && body.pool.id === pool,
    );
    const isWanted = run.rules.notify.some(({ when }) => when.includes('needs-human'));
    if (isWanted && opened.length > 0 && told.length === 0 && !isBuried(run, '"incident":"breaker"'))
      yield { what: `nobody was told that the breaker of ${pool} opened at ${clock(opened[0]!)}` };
    const notices = new Set(told.map(({ body }) => body.id));
    if (notices.size > opened.length)
      yield {
        what: `people were told ${notices.size} times that the breaker of ${pool} opened; it did ${opened.length} times`,
      };
  }
}
