import { documentAt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { callOf, clock, destructiveRequests } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

/** A sweep finds what has rested for a quarter of an hour, runs every five minutes, and may take two itself. */
const SWEPT_MS = 23 * 60_000;
const OVER = ['succeeded', 'failed', 'skipped', 'escalated', 'rejected', 'observed', 'awaiting-approval'];

/** No place in a budget is taken for a node that nobody has leased. */
export function* placesAreLeased(run: Run): Iterable<Finding> {
  const leases = new Map(valuesOf(run, 'node#').map(({ pool, node, lease }) => [`${pool} ${node}`, lease]));
  for (const { pool, held } of valuesOf(run, 'pool#')) {
    for (const [node, { remediation }] of Object.entries<any>(held)) {
      if (leases.get(`${pool} ${node}`)?.remediation !== remediation)
        yield { what: `${node} has a place in ${pool} for ${remediation}, which has no lease of it` };
    }
  }
}

/** What is held for a remediation that is over is given back within the time that a sweep takes. */
export function* nothingHeldForLong(run: Run): Iterable<Finding> {
  for (const { id, pool } of valuesOf(run, 'remediation#')) {
    const writes = writesOf(run, `remediation#${id}`);
    const last = writes.findLast(
      ({ document, before }) => (document['value'] as any).state !== (before?.['value'] as any)?.state,
    );
    const value = last?.document['value'] as any;
    if (!last || !OVER.includes(value.state)) continue;
    const sinceMs = Math.max(last.atMs, run.calmMs);
    for (const node of new Set<string>([...(value.nodes ?? []), ...Object.keys(value.outcomes)])) {
      const untilMs = heldUntil(run, `node#${pool}#${node}`, (record) => record.lease?.remediation === id);
      const placeMs = heldUntil(run, `pool#${pool}`, (record) => record.held[node]?.remediation === id);
      for (const [what, ms] of [
        ['leased', untilMs],
        ['held in the budget', placeMs],
      ] as const) {
        if (ms !== undefined && ms > sinceMs + SWEPT_MS + (run.scenario.sweepEveryMs ?? 0))
          yield {
            what: `${node} was ${what} for ${id} until ${clock(ms)}, which was ${value.state} since ${clock(last.atMs)}`,
          };
      }
    }
  }
}

/** Until when something is true of a document; undefined if it never was. */
function heldUntil(run: Run, pk: string, is: (value: any) => boolean): number | undefined {
  const writes = writesOf(run, pk);
  const index = writes.findLastIndex(({ document }) => is(document['value']));
  if (index === -1) return undefined;
  return writes[index + 1]?.atMs ?? run.endMs;
}

/**
 * What a person has to look at keeps its nodes, in the lease and in the budget, until one says that they are free. Nodes to
 * which nothing was ever done may be given back.
 */
export function* keptForPerson(run: Run): Iterable<Finding> {
  for (const { id, pool, state, receipts, ladder, outcomes } of valuesOf(run, 'remediation#')) {
    if (state !== 'needs-human' || receipts.some(({ step }: any) => step === 'release')) continue;
    // At the end of a ladder it is known what became of the nodes.
    if (ladder?.failedAt !== undefined) continue;
    for (const request of destructiveRequests(run)) {
      if (!request.done) continue;
      const call = callOf(run, request);
      const member = call?.members.find(({ remediation }: any) => remediation === id);
      if (!member || call.state === 'refused') continue;
      if (run.endMs > Date.parse(call.deadline) + 24 * 3_600_000) continue;
      for (const node of member.targets) {
        if (outcomes[node]?.state === 'succeeded' || outcomes[node]?.state === 'failed') continue;
        const leased = valuesOf(run, `node#${pool}#${node}`)[0]?.lease?.remediation === id;
        const placed = valuesOf(run, `pool#${pool}`)[0]?.held[node]?.remediation === id;
        if (!leased || !placed)
          yield {
            what: `${id} is left to a person, and ${node} is no longer ${leased ? 'held in the budget' : 'leased'} for it`,
          };
      }
    }
  }
}

/** What a person gives back is given back, and nothing is sent for it any more. */
export function* releasedIsFree(run: Run): Iterable<Finding> {
  for (const { remediation: id, confirmedAtMs } of run.correspondence.released) {
    if (confirmedAtMs === undefined) continue;
    for (const { node, pool, lease } of valuesOf(run, 'node#')) {
      if (lease?.remediation === id)
        yield { what: `${node} is still leased to ${id}, which a person has released` };
      if (valuesOf(run, `pool#${pool}`)[0]?.held[node]?.remediation === id)
        yield { what: `${node} is still held in the budget for ${id}, which a person has released` };
    }
  }
}

/**
 * Who gives a place back tells the oldest that waits for one, if nothing went wrong in its process; and a command is told
 * no more often than there is a reason for.
 */
export function* turnsAreTaken(run: Run): Iterable<Finding> {
  const messages = [...run.deployment.queues.values()].flatMap(({ history }) => history);
  for (const { document, before, atMs, by } of run.writes) {
    if (!document.pk.startsWith('pool#')) continue;
    const value = document['value'] as any;
    const was = before?.['value'] as any;
    if (!was || value.releases <= was.releases || by.startsWith('sweep')) continue;
    const isHeld = [value.storm?.until, value.breaker?.openUntil].some((at) => at && Date.parse(at) > atMs);
    if (isHeld || hadMishap(run, by)) continue;
    const [oldest] = value.waiting
      .toSorted(byAge)
      .filter(
        ({ waitsFor, until, wokenAt }: any) =>
          waitsFor === 'place' && Date.parse(until) > atMs && wokenAt === undefined,
      );
    const isAnyWoken = value.waiting.some(
      ({ wokenAt }: any) => wokenAt && Date.parse(wokenAt) > atMs - 300_000,
    );
    // Who comes back by itself in a moment takes the place.
    const isAnyAwake = value.waiting.some(
      ({ remediation, waitsFor }: any) =>
        waitsFor === 'place' &&
        documentAt(run, `remediation#${remediation}`, atMs)?.state === 'deferred' &&
        !isAsleep(run, remediation, atMs),
    );
    // Nor need anybody be told who comes back by itself at this moment.
    if (!oldest || isAnyWoken || isAnyAwake || !isAsleep(run, oldest.remediation, atMs)) continue;
    const isTold = messages.some(
      ({ body, sentAtMs }) =>
        sentAtMs >= atMs && sentAtMs <= atMs + 5_000 && body.includes(`"id":"${oldest.remediation}"`),
    );
    if (!isTold)
      yield {
        what: `${by} gave back a place at ${clock(atMs)}, and ${oldest.remediation}, which waits for one, was not told`,
        atMs,
      };
  }
}

function byAge(a: any, b: any): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.remediation < b.remediation ? -1 : 1;
}

function isAsleep(run: Run, id: string, atMs: number): boolean {
  const value = writesOf(run, `remediation#${id}`).findLast((write) => write.atMs <= atMs)?.document[
    'value'
  ] as any;
  return value?.state === 'deferred' && Date.parse(value.deferredUntil) > atMs + 5_000;
}

function hadMishap(run: Run, process: string): boolean {
  return [...run.mishaps.keys()].some((key) => key === process || key.startsWith(`${process}/`));
}

/**
 * Waiting costs little: a command comes back every quarter of an hour, and when there is a reason to. What is asked of a node
 * pool is left out: it waits for a short change, and looks every fifteen seconds.
 */
export function* wakingIsBounded(run: Run): Iterable<Finding> {
  for (const { id, pool, nodePool, createdAt, deferrals = 0, deferredUntil = createdAt } of valuesOf(
    run,
    'remediation#',
  )) {
    if (deferrals < 5 || nodePool !== undefined) continue;
    const waitedMs = Date.parse(deferredUntil) - Date.parse(createdAt);
    const releases = valuesOf(run, `pool#${pool}`)[0]?.releases ?? 0;
    const inputs = run.scenario.inputs.length;
    // As long as somebody has spoilt what it rests on, it is looked at again every minute or two.
    const spoilt = run.scenario.inputs.some(({ kind }) => kind === 'spoil') ? waitedMs / 60_000 : 0;
    const most = spoilt + 4 + waitedMs / (15 * 60_000) + 2 * releases + inputs + 2 * run.mishaps.size;
    if (deferrals > most)
      yield {
        what: `${id} was put off ${deferrals} times in ${Math.round(waitedMs / 60_000)} minutes; ${releases} places were given back, and nothing else was a reason`,
      };
  }
}
