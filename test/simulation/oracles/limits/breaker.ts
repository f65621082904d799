import type { Write } from '#local/rehearsal/cloud/table';
import { documentAt, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { clock, destructiveRequests, OUT_OF_SERVICE } from '../facts/destructive.ts';
import { isUndisturbed, placedAtMs, wasDisturbed } from '../facts/readings.ts';
import type { Finding } from '../oracles.ts';
import { inFlight } from './limits.ts';
import { isBuried } from './storm.ts';

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
  /** Where the process that told a person could not count it, the one that releases its node does so first. */
  function countedLaterMs(remediation: string, fromMs: number): number | undefined {
    const back = counts.find((write) => write.atMs >= fromMs && givesBack(write, remediation));
    return back && countedAt(back.by, fromMs, changesBreaker);
  }
  const results: Result[] = [];
  for (const { document, before, atMs, by } of run.writes) {
    const value = document['value'] as any;
    const earlier = before?.['value'] as any;
    if (value.pool !== pool) continue;
    // A remediation that a person got before its deadline counts when that has come.
    if (earlier?.state === 'needs-human' && value.receipts.length > earlier.receipts.length) {
      if (value.receipts.at(-1).step === 'deadline') results.push({ atMs, failed: true, certain: false });
    }
    if (earlier?.state === value.state) continue;
    const isSound = !wasDisturbed(run, by);
    const isCall = document.pk.startsWith('call#') && OUT_OF_SERVICE.includes(value.action);
    if (
      isCall &&
      (value.state === 'lost' || (value.state === 'refused' && (value.error?.status ?? 0) >= 500))
    ) {
      const countedMs = countedAt(by, atMs, changesBreaker);
      // A process that was not disturbed has counted it at once, or should have.
      results.push({ atMs: countedMs ?? atMs + 2_000, failed: true, certain: isSound });
    }
    if (!document.pk.startsWith('remediation#') || value.action === 'notify') continue;
    // Where the process died that sent it, only the end of the search for its job is on record.
    const wasSent = value.receipts.some(({ step }: any) => step === 'call' || step === 'deadline');
    if (!wasSent || !['succeeded', 'failed', 'escalated', 'needs-human'].includes(value.state)) continue;
    const targets = Object.values<any>(value.outcomes).filter(
      ({ state }) => state === 'failed' || state === 'succeeded',
    );
    // One of several nodes counts by itself: more than a model of this kind can tell.
    const isSingle = (value.nodes?.length ?? 0) === 1 && targets.length === 1;
    const failed = value.state !== 'succeeded';
    // A remediation that a person gets is counted first, and releases its nodes afterwards, if at all.
    const countedMs =
      value.state === 'needs-human'
        ? countedAt(by, atMs, changesBreaker)
        : countedAt(undefined, atMs, (write) => givesBack(write, value.id));
    const certain = isSound && isSingle && countedMs !== undefined;
    results.push({ atMs: countedMs ?? countedLaterMs(value.id, atMs) ?? atMs, failed, certain });
  }
  // Each part of a command of several nodes counts when it is released, and this oracle does not know how.
  for (const write of counts) {
    if (
      !used.has(write) &&
      changesBreaker(write) &&
      isOfSeveral(run, write) &&
      !results.some(({ atMs }) => atMs === write.atMs)
    )
      results.push({ atMs: write.atMs, failed: !isClosing(write), certain: false });
  }
  return results.toSorted((a, b) => a.atMs - b.atMs);
}

function changesBreaker({ document, before }: Write): boolean {
  return counted(document['value']) !== counted(before?.['value']);
}

/** The breaker of a pool, without the record of its notices. */
function counted(value: any): string {
  return JSON.stringify({ ...value?.breaker, told: undefined });
}

/** Whether the released node is a part of a command of several nodes. */
function isOfSeveral(run: Run, { document, before, atMs }: Write): boolean {
  const { held } = document['value'] as any;
  return Object.entries<any>((before?.['value'] as any)?.held ?? {}).some(
    ([node, { remediation }]) =>
      held[node] === undefined && documentAt(run, `remediation#${remediation}`, atMs)?.nodes?.length !== 1,
  );
}

function isClosing({ document, before }: Write): boolean {
  const now = document['value'] as any;
  const was = before?.['value'] as any;
  return (now.breaker?.failures ?? 0) < (was?.breaker?.failures ?? 0);
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
            what: `${where}, after ${failures} failures in a row; no call was allowed until ${clock(openUntilMs)}`,
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

/** The breaker opens only after as many failures as it takes, closes with a success, and people hear of it, once. */
export function* breakerHasCause(run: Run): Iterable<Finding> {
  if (run.scenario.inputs.some(({ kind }) => kind === 'rules')) return;
  for (const { id: pool, breaker: rules } of run.rules.pools) {
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
      if (failures.length < rules.failures && isUndisturbed(run))
        yield {
          what: `the breaker of ${pool} opened at ${clock(atMs)} after ${failures.length} failures; it takes ${rules.failures}`,
          atMs,
        };
    }
    const told = run.deployment.told.filter(
      ({ body, taken }) => taken && body.incident === 'breaker' && body.pool!.id === pool,
    );
    const isWanted = run.rules.notify.some(({ when }) => when.includes('needs-human'));
    if (isWanted && opened.length > 0 && told.length === 0 && !isBuried(run, '"incident":"breaker"'))
      yield { what: `no person heard that the breaker of ${pool} opened at ${clock(opened[0]!)}` };
    const notices = new Set(told.map(({ body }) => body.id));
    if (notices.size > opened.length)
      yield {
        what: `people heard ${notices.size} times that the breaker of ${pool} opened; it did ${opened.length} times`,
      };
  }
}
