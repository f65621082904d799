import { documentAt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { askedBy, askedFor } from '../facts/asked.ts';
import { clock, destructiveRequests, membersOf } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

const WAITS = ['deferred', 'awaiting-approval', 'submitting'];
/** A function that was at it when the command was taken back may still enter it in the list, and is gone after its time. */
const RUNS_MS = 65_000;

/** When a remediation was taken back; undefined if it never was. */
function withdrawnAt(run: Run, id: string): number | undefined {
  return writesOf(run, `remediation#${id}`).find(({ document }) =>
    (document['value'] as any).receipts.some(({ step }: any) => step === 'withdrawn'),
  )?.atMs;
}

/**
 * A withdrawn command is never called: no request for it begins after that, and none before it may have had an effect unless
 * the remediation has the outcomes of its nodes.
 */
export function* withdrawnIsNeverCalled(run: Run): Iterable<Finding> {
  const asked = [
    ...destructiveRequests(run).map((request) => ({
      request,
      done: request.done,
      members: membersOf(run, request),
    })),
    ...askedFor(run).map((request) => ({
      request,
      done: request.status === 200,
      members: askedBy(run, request).map((remediation) => ({ remediation, targets: request.targets })),
    })),
  ];
  const last = new Map(valuesOf(run, 'remediation#').map((value) => [value.id, value]));
  for (const { request, done, members } of asked) {
    for (const { remediation, targets } of members) {
      const atMs = remediation && withdrawnAt(run, remediation.id);
      if (atMs === undefined) continue;
      const where = `request ${request.number} of ${remediation.id}`;
      if (request.sentAtMs >= atMs)
        yield {
          what: `${where} was sent at ${clock(request.sentAtMs)}, and a person had taken it back at ${clock(atMs)}`,
          atMs: request.sentAtMs,
        };
      const { state, outcomes } = last.get(remediation.id) ?? {};
      const isDenied = targets.every((target) => ['skipped', undefined].includes(outcomes?.[target]?.state));
      if (done && state === 'rejected' && isDenied)
        yield {
          what: `${where} had its effect at ${clock(request.atMs)}, and it ended as never called`,
          atMs,
        };
    }
  }
}

/** A person who withdraws a command gets a true answer, and the ledger has the name of their credential. */
export function* withdrawalsAnswered(run: Run): Iterable<Finding> {
  for (const { remediation: id, status, atMs, answeredAtMs = 0 } of run.correspondence.withdrawn) {
    if (status === undefined) continue;
    const where = `the withdrawal of ${id} got the answer ${status} at ${clock(answeredAtMs)}`;
    const backMs = withdrawnAt(run, id);
    const isBack = backMs !== undefined && backMs <= answeredAtMs;
    if (status === 200 && !isBack) yield { what: `${where}, and it was not`, atMs };
    const now = documentAt(run, `remediation#${id}`, answeredAtMs);
    if (status === 200 && WAITS.includes(now?.state))
      yield { what: `${where}, and it is ${now.state}`, atMs };
    if (status !== 200 && status !== 409) yield { what: where, atMs };
    if (status !== 409) continue;
    // The answer is never a no for a command that waits and was never part of a call.
    const seen = writesOf(run, `remediation#${id}`).filter(
      (write, index, all) => write.atMs <= answeredAtMs && (all[index + 1]?.atMs ?? Infinity) > atMs,
    );
    const isFree = seen.every(({ document }) => {
      const { state, callId, ladder } = document['value'] as any;
      return WAITS.includes(state) && callId === undefined && ladder?.failedAt === undefined;
    });
    if (isFree) yield { what: `${where}, though it waited, and was never called`, atMs };
  }
  for (const { document, before, atMs } of run.writes) {
    if (!document.pk.startsWith('remediation#')) continue;
    const value = document['value'] as any;
    const known = (before?.['value'] as any)?.receipts.length ?? 0;
    for (const receipt of value.receipts.slice(known)) {
      if (receipt.step !== 'withdrawn') continue;
      const isAsked = run.correspondence.withdrawn.some(
        (one) => one.remediation === value.id && one.atMs <= atMs,
      );
      if (!isAsked)
        yield { what: `${value.id} was withdrawn at ${clock(atMs)}, and no person had asked`, atMs };
      if (receipt.by !== 'ops')
        yield { what: `${value.id} was taken back by ${receipt.by}, not by ops`, atMs };
    }
  }
}

/** Nothing waits behind a command that was taken back, and nothing is held for it. */
export function* withdrawnBlocksNoOther(run: Run): Iterable<Finding> {
  for (const { remediation: id, status, answeredAtMs = 0, by } of run.correspondence.withdrawn) {
    if (status !== 200 || hadMishap(run, by)) continue;
    for (const { pool } of valuesOf(run, 'pool#')) {
      const after = writesOf(run, `pool#${pool}`).filter(({ atMs }) => atMs <= answeredAtMs + RUNS_MS);
      const { waiting = [] } = (after.at(-1)?.document['value'] as any) ?? {};
      const isListed = waiting.some(({ remediation }: any) => remediation === id);
      if (isListed && !isDisturbed(run, answeredAtMs))
        yield { what: `${id} still waits in the list of ${pool} at ${clock(answeredAtMs + RUNS_MS)}` };
    }
  }
}

/** Whether something went wrong in the process that answered. */
function hadMishap(run: Run, by = ''): boolean {
  return [...run.mishaps.keys()].some((name) => name.startsWith(by));
}

/** Whether a process may have died, or stood still, around a time. */
function isDisturbed(run: Run, atMs: number): boolean {
  return run.mishaps.size > 0 && atMs < run.calmMs;
}
