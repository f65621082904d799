import { documentAt, isSpoilt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { callOf, clock, destructiveRequests } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';
import { openings } from './windows.ts';

/** A sweep finds what has rested for a quarter of an hour, runs every five minutes, and may take two itself. */
const SWEPT_MS = 23 * 60_000;
/** From the release of a slot to the message that wakes the command that waits for it. */
const TOLD_MS = 5_000;
const OVER = ['succeeded', 'failed', 'skipped', 'escalated', 'rejected', 'observed', 'awaiting-approval'];

/** A call for a node is in its history before another remediation may hold the node: no cooldown is lost. */
export function* releasedWithHistory(run: Run): Iterable<Finding> {
  for (const { pool } of valuesOf(run, 'pool#')) {
    for (const { document, before, atMs, by } of writesOf(run, `pool#${pool}`)) {
      const { holds } = document['value'] as any;
      for (const [node, was] of Object.entries<any>((before?.['value'] as any)?.holds ?? {})) {
        const isGone = holds[node]?.remediation !== was.remediation;
        const called = isGone && Date.parse(was.expiresAt) > atMs && lastCallOf(run, pool, node, was, atMs);
        const { last } = documentAt(run, `node#${pool}#${node}`, atMs) ?? {};
        // An action on the node may have been recorded since that was called later.
        if (!called || last?.remediation === was.remediation || Date.parse(last?.calledAt) >= called.sentAtMs)
          continue;
        if (isSpoilt(run, `node#${pool}#${node}`)) continue;
        yield {
          what: `${by} released ${node} at ${clock(atMs)}, and request ${called.number} of ${was.remediation} is not in its history`,
          atMs,
        };
      }
    }
  }
}

/** The last request for a node that a remediation made before a time, if it did something. */
function lastCallOf(run: Run, pool: string, node: string, { remediation }: any, atMs: number) {
  return destructiveRequests(run).findLast(
    (request) =>
      request.done &&
      request.pool === pool &&
      request.nodes.includes(node) &&
      request.sentAtMs < atMs &&
      callOf(run, request)?.members.some((member: any) => member.remediation === remediation),
  );
}

/** The nodes of a remediation that is over are released within the time that a sweep takes. */
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
      const ms = heldUntil(run, `pool#${pool}`, (record) => record.holds[node]?.remediation === id);
      if (ms !== undefined && ms > sinceMs + SWEPT_MS + (run.scenario.sweepEveryMs ?? 0))
        yield {
          what: `${node} was held for ${id} until ${clock(ms)}, which was ${value.state} since ${clock(last.atMs)}`,
        };
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
 * A remediation that a person has to check keeps its nodes, and their slots, until a person says that they are free. Nodes to
 * which nothing was ever done may be released.
 */
export function* keptForPerson(run: Run): Iterable<Finding> {
  for (const { id, pool, state, receipts, ladder, outcomes } of valuesOf(run, 'remediation#')) {
    if (state !== 'needs-human' || receipts.some(({ step }: any) => step === 'release')) continue;
    // At the end of a ladder the outcome of the nodes is known.
    if (ladder?.failedAt !== undefined) continue;
    for (const request of destructiveRequests(run)) {
      if (!request.done) continue;
      const call = callOf(run, request);
      const member = call?.members.find(({ remediation }: any) => remediation === id);
      if (!member || call.state === 'refused') continue;
      if (run.endMs > Date.parse(call.deadline) + 24 * 3_600_000) continue;
      for (const node of member.targets) {
        if (outcomes[node]?.state === 'succeeded' || outcomes[node]?.state === 'failed') continue;
        if (documentAt(run, `pool#${pool}`, run.endMs)?.held[node]?.remediation !== id)
          yield { what: `${id} is left to a person, and ${node} is no longer held for it` };
      }
    }
  }
}

/** A remediation that a person releases holds nothing, and nothing is sent for it any more. */
export function* releasedIsFree(run: Run): Iterable<Finding> {
  for (const { remediation: id, confirmedAtMs } of run.correspondence.released) {
    if (confirmedAtMs === undefined) continue;
    for (const { pool, holds } of valuesOf(run, 'pool#')) {
      for (const [name, hold] of Object.entries<any>(holds))
        if (hold.remediation === id)
          yield { what: `${name} of ${pool} is still held for ${id}, which a person has released` };
    }
  }
}

/**
 * A process that releases a slot wakes the oldest command that waits for one, if nothing went wrong in it; and a command is woken
 * no more often than there is a reason for. If the oldest is withdrawn before it is woken, the next one is woken.
 */
export function* turnsAreTaken(run: Run): Iterable<Finding> {
  const messages = [...run.deployment.queues.values()].flatMap(({ history }) => history);
  const writes = valuesOf(run, 'pool#').flatMap(({ pool }) => writesOf(run, `pool#${pool}`));
  for (const { document, before, atMs, by } of writes) {
    const value = document['value'] as any;
    const was = before?.['value'] as any;
    const isGivenBack = Object.keys(was?.held ?? {}).some((node) => value.held[node] === undefined);
    if (!isGivenBack || by.startsWith('sweep')) continue;
    const isHeld = [value.storm?.until, value.breaker?.openUntil].some((at) => at && Date.parse(at) > atMs);
    if (isHeld || hadMishap(run, by)) continue;
    // Where its process died, a command may wait for a slot and have one. A sweep finds that.
    const served = new Set(Object.values<any>(value.held).map(({ remediation }) => remediation));
    const line: any[] = value.waiting
      .toSorted(byAge)
      .filter(
        ({ remediation, waitsFor, until, wokenAt }: any) =>
          waitsFor === 'place' &&
          Date.parse(until) > atMs &&
          wokenAt === undefined &&
          !served.has(remediation),
      );
    const isAnyWoken = value.waiting.some(
      ({ wokenAt }: any) => wokenAt && Date.parse(wokenAt) > atMs - 300_000,
    );
    // A command that comes back by itself in a moment takes the slot.
    const isAnyAwake = value.waiting.some(
      ({ remediation, waitsFor }: any) =>
        waitsFor === 'place' &&
        documentAt(run, `remediation#${remediation}`, atMs)?.state === 'deferred' &&
        !isAsleep(run, remediation, atMs),
    );
    const isTold = ({ remediation }: any) =>
      messages.some(
        ({ body, sentAtMs }) =>
          sentAtMs >= atMs && sentAtMs <= atMs + TOLD_MS && body.includes(`"id":"${remediation}"`),
      );
    const left = line.findIndex((one) => isTold(one) || !endOf(run, one.remediation, atMs));
    const next = line[left];
    // A command that comes back by itself at this moment need not be woken either.
    if (!next || isAnyWoken || isAnyAwake || !isAsleep(run, next.remediation, atMs)) continue;
    // Who takes the oldest back gives its turn on, unless something goes wrong there.
    const gone = line.slice(0, left);
    const isLost = gone.some((one) => hadMishap(run, endOf(run, one.remediation, atMs)?.by ?? ''));
    if (!isTold(next) && !isLost)
      yield {
        what: `${by} released a slot at ${clock(atMs)}, and ${next.remediation}, which waits for one, was not woken`,
        atMs,
      };
  }
}

/** The write that ended a command just after a time, before it could be woken. */
function endOf(run: Run, id: string, atMs: number) {
  return writesOf(run, `remediation#${id}`).find(
    (write) =>
      write.atMs > atMs &&
      write.atMs <= atMs + TOLD_MS &&
      OVER.includes((write.document['value'] as any).state),
  );
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
 * Waiting costs little: a command comes back every quarter of an hour, and when there is a reason to. A command for a node
 * pool is left out: it waits for a short change, and checks it every fifteen seconds.
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
    // As long as a document that it rests on is spoilt, it is judged again every minute or two.
    const spoilt = run.scenario.inputs.some(({ kind }) => kind === 'spoil') ? waitedMs / 60_000 : 0;
    const most = spoilt + 4 + waitedMs / (15 * 60_000) + 2 * releases + inputs + 2 * run.mishaps.size;
    if (deferrals <= most) continue;
    // It also looks when a window opens: the quarter of an hour may begin anew with it.
    const windows = [run.rules, ...run.deployment.rules].flatMap(
      ({ pools }) => pools.find((one) => one.id === pool)?.windows ?? [],
    );
    if (deferrals > most + openings(windows, Date.parse(createdAt), Date.parse(deferredUntil)))
      yield {
        what: `${id} was deferred ${deferrals} times in ${Math.round(waitedMs / 60_000)} minutes; ${releases} slots were released, and nothing else was a reason`,
      };
  }
}
