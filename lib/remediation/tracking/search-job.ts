import { traitsOf } from '#lib/actions/traits';
import { isIdle } from '#lib/guards/node';
import {
  type Call,
  callKind,
  ENDED_CALLS,
  isFollowed,
  jobOwnerKey,
  jobOwnerKind,
  OPEN_CALLS,
  type Seen,
} from '#lib/ledger/call';
import { findDocuments } from '#lib/ledger/listing/found';
import { parseMany } from '#lib/ledger/read-many';
import { jobsOf } from '#lib/modelarts/reading/follow';
import { ifReadable, nodesOf } from '#lib/modelarts/reading/pool-reader';
import type { PoolJob } from '#lib/modelarts/replies/pool-job';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { giveUpSearch, ownJob, recordAnswer } from '#lib/remediation/execution/call';
import { recordAccepted } from '#lib/remediation/execution/record-call';
import type { RemediationServices } from '#lib/remediation/record/services';
import { CLOCK_SKEW_MS, candidateJobs } from './find-job.ts';
import { calledAtMs, isSameSeen, NOT_SEARCHED, type Poll, type Polled } from './observation.ts';
import { expireCall } from './settle.ts';

/** A request may still be under way for this long after its intent, because a write waits thirty seconds for its answer. */
export const IN_FLIGHT_MS = 60_000;

/** How long Poolkeeper searches for the job of a lost call before the call goes to a person. */
export const SEARCH_MS = 10 * 60_000;

/** The most other calls that are read, the newest first: open ones, and as many ended ones. */
const MAX_OTHERS = 500;

/** The longest time between the beginning of a call and its request. After that the process of the call has ended. */
const PREPARED_MS = 3_600_000;

/** Searches for the job of a call with a lost answer, adopts it if there is exactly one, and gives up after a while. */
export async function searchJob({ call, reader, services, invocation }: Poll): Promise<Polled> {
  const { clock, store } = services;
  const ageMs = clock.now() - calledAtMs(call);
  const waiting = { call, ended: false, seen: NOT_SEARCHED };
  if (call.givenUp !== undefined) {
    await expireCall(call, call.givenUp, services, invocation);
    return { ...waiting, seen: call.givenUp, ended: true };
  }
  if (call.state === 'calling' && ageMs < IN_FLIGHT_MS) return waiting;

  const listing = await ifReadable(reader, () => jobsOf(reader));
  const jobs = listing?.items;
  const nodes = listing && (await ifReadable(reader, () => nodesOf(reader)))?.items;
  // An unreadable job may be the call's own.
  const isWhole = listing?.unreadable.length === 0;
  const others = await readOthers(call, services);
  const free =
    jobs && nodes
      ? (await withoutOwner(call, jobs, services)).filter(({ jobId }) => !others.jobs.has(jobId))
      : [];
  // Once seen, rivals stay: a job of a rival is the rival's, even after the rival was given up.
  const rivals = others.rivals || (call.seen?.kind === 'search' && call.seen.rivals);
  const names = nodes?.map(({ name }) => name) ?? [];
  const candidates = candidateJobs(call, free, names, rivals || !isWhole);
  const [job] = candidates;
  const noTrace = jobs && nodes && isWhole && hasLeftNoTrace(call, free, nodes);
  const found = noTrace ? [] : candidates.map(({ jobId }) => jobId);
  const seen: Seen = { kind: 'search', rivals, found, ...(noTrace && { noTrace }) };
  // A result counts only if two polls agree, because the index of rivals lags behind.
  const isSeenAgain = isSameSeen(call.seen, seen);
  if (job && candidates.length === 1 && isSeenAgain && (await ownJob(store, call, job.jobId, clock.now()))) {
    const adopted = await recordAnswer(store, call.id, { state: 'accepted', jobId: job.jobId });
    if (adopted.jobId === undefined) return { ...waiting, seen };
    invocation.log.info('the job of a lost call was found', { callId: call.id, jobId: job.jobId });
    await recordAccepted(adopted, services, invocation);
    return { call: adopted, ended: false, seen: { kind: 'adopted' } };
  }
  // The first poll may come late, because its message was lost. A second one is needed all the same.
  if (ageMs < SEARCH_MS || !isSeenAgain) return { ...waiting, seen };
  const givenUp = await giveUpSearch(store, call.id, seen);
  // Another poll was faster.
  if (!isSameSeen(givenUp?.givenUp, seen)) return { ...waiting, seen };
  await expireCall(call, seen, services, invocation);
  return { ...waiting, seen, ended: true };
}

/** Whether a call has left no trace: no job without an owner since the call, and idle nodes. */
function hasLeftNoTrace(call: Call, unowned: readonly PoolJob[], nodes: readonly PoolNode[]): boolean {
  const targets = new Set(call.members.flatMap((member) => member.targets));
  const isOld = ({ startedAtMs }: PoolJob) =>
    startedAtMs !== undefined && startedAtMs < calledAtMs(call) - CLOCK_SKEW_MS;
  const found = nodes.filter(({ name }) => targets.has(name));
  return unowned.every(isOld) && found.length === targets.size && found.every(isIdle);
}

/**
 * The pool's other calls. `rivals`: whether one of them may have lost its answer, too, so that a job without node names may be its
 * own, even after it was given up. `jobs`: the jobs in their answers, which they may not have entered as their own yet.
 */
async function readOthers(
  call: Call,
  { store }: RemediationServices,
): Promise<{ rivals: boolean; jobs: ReadonlySet<string> }> {
  // An earlier call cannot have started a job that may be this call's.
  const sinceMs = calledAtMs(call) - IN_FLIGHT_MS - 2 * CLOCK_SKEW_MS;
  const parts = [
    { partition: OPEN_CALLS },
    { partition: ENDED_CALLS, after: new Date(sinceMs - PREPARED_MS).toISOString() },
  ];
  const found = await Promise.all(
    parts.map((part) => findDocuments(store, { index: 'by-state', ...part, limit: MAX_OTHERS })),
  );
  const documents = found.flat().map(({ document }) => document);
  const { values, unreadable } = parseMany(callKind, documents);
  const others = values
    .filter(
      ({ id, pool, action }) => id !== call.id && pool === call.pool && traitsOf(action).until === 'job',
    )
    .filter((other) => isFollowed(other) || (other.state === 'ended' && calledAtMs(other) >= sinceMs));
  // A call beyond the limit may be a rival, and an unreadable one, too.
  const isCut = found.some(({ length }) => length === MAX_OTHERS) || unreadable.length > 0;
  return {
    rivals: isCut || others.some(({ jobId }) => jobId === undefined),
    jobs: new Set(others.flatMap(({ jobId }) => jobId ?? [])),
  };
}

async function withoutOwner(
  call: Call,
  jobs: readonly PoolJob[],
  { store }: RemediationServices,
): Promise<PoolJob[]> {
  const documents = await store.getMany(jobs.map(({ jobId }) => jobOwnerKey(call.pool, jobId)));
  const { values: owners, unreadable } = parseMany(jobOwnerKind, documents);
  const isUnreadable = (jobId: string) =>
    unreadable.some(({ document }) => document.pk === jobOwnerKey(call.pool, jobId).pk);
  return jobs.filter(
    ({ jobId }) =>
      !isUnreadable(jobId) && !owners.some((owner) => owner.jobId === jobId && owner.callId !== call.id),
  );
}
