import type { Invocation } from '#lib/handler/invocation';
import type { Call } from '#lib/ledger/call';
import { jobOwnerKey, jobOwnerKind } from '#lib/ledger/call';
import { parseDocument } from '#lib/ledger/change';
import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client';
import { showJob } from '#lib/modelarts/endpoints/show-job';
import { ModelArtsError } from '#lib/modelarts/errors';
import { listAllJobs, listAllPoolNodes } from '#lib/modelarts/read';
import type { PoolJob } from '#lib/modelarts/replies/pool-job';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { poolOf } from '#lib/rules/pool';
import { ownJob, recordAnswer } from './call.ts';
import { candidateJobs } from './find-job.ts';
import { viewJob } from './job-view.ts';
import { recordAccepted } from './record-call.ts';
import { recordJob } from './record-job.ts';
import type { RemediationServices } from './services.ts';
import { expire, settle } from './settle.ts';

/** One call after a look: whether it needs no other, and what was seen, so that only changes are recorded. */
export type Looked = { call: Call; ended: boolean; seen: string };

/** Jobs are asked for from this long before the oldest call: the API's clock is not ours. */
const SINCE_MARGIN_MS = 5 * 60_000;

/** A job that is not in the list yet may be too young for it; after this it is looked for by its id, too. */
const TOO_YOUNG_MS = 60_000;

/** A request that was begun may still be under way for this long: a write waits thirty seconds for its answer. */
const IN_FLIGHT_MS = 60_000;

/** A lost call's job is looked for this long; then a person is told. */
export const SEARCH_MS = 10 * 60_000;

/**
 * Looks at all given calls of one pool with one list of its jobs (and one of its nodes, when a job has succeeded), and
 * records what has changed. When the API cannot be read, nothing is known and nothing changes, except that deadlines pass.
 */
export async function lookAtPool(
  calls: readonly Call[],
  services: RemediationServices,
  invocation: Invocation,
): Promise<Looked[]> {
  const { rules, clock, modelarts } = services;
  const [first] = calls;
  const pool = first && poolOf(rules, first.pool);
  const options: SendOptions = { deadlineMs: invocation.deadlineMs, signal: invocation.signal };
  const client = modelarts(pool ?? {});
  const sinceMs = Math.min(...calls.map(calledAtMs)) - SINCE_MARGIN_MS;
  const jobs = await readable(
    () => Array.fromAsync(listAllJobs(client, { pool: first?.pool ?? '', sinceMs }, options)),
    invocation,
  );
  let nodes: Promise<readonly PoolNode[] | undefined> | undefined;
  const readNodes = () =>
    (nodes ??= readable(
      () => Array.fromAsync(listAllPoolNodes(client, first?.pool ?? '', options)),
      invocation,
    ));

  const looked: Looked[] = [];
  for (const call of calls) {
    const rivals = calls.some((other) => other !== call && other.jobId === undefined);
    const look = { call, rivals, jobs, readNodes, services, invocation };
    const after = call.jobId === undefined ? await searchJob(look) : await followJob(look, client, options);
    const overdue = !after.ended && call.deadline !== undefined && clock.now() >= Date.parse(call.deadline);
    if (overdue) await expire(call, after.seen, services);
    looked.push({ ...after, ended: after.ended || overdue });
  }
  return looked;
}

type Look = {
  call: Call;
  /** Whether another call of the pool looks for its job, too. */
  rivals: boolean;
  /** Undefined: they could not be read. */
  jobs: readonly PoolJob[] | undefined;
  readNodes: () => Promise<readonly PoolNode[] | undefined>;
  services: RemediationServices;
  invocation: Invocation;
};

async function followJob(
  { call, jobs, readNodes, services, invocation }: Look,
  client: ModelArtsClient,
  options: SendOptions,
): Promise<Looked> {
  const { clock } = services;
  const { jobId = '' } = call;
  const unchanged = { call, ended: false, seen: call.seen ?? '' };
  if (!jobs) return unchanged;
  let job = jobs.find((candidate) => candidate.jobId === jobId);
  if (!job && clock.now() - calledAtMs(call) > TOO_YOUNG_MS) job = await secondLook(client, jobId, options);

  const view = viewJob(job);
  if (view.kind === 'succeeded') {
    const nodes = await readNodes();
    if (!nodes) return unchanged;
    const open = await settle(call, nodes, view.endedAtMs, services, invocation);
    return { call, ended: open === 0, seen: 'succeeded' };
  }
  const seen = view.kind === 'unknown' ? `unknown phase "${view.phase}"` : view.kind;
  if (seen !== call.seen) await recordJob(call, view, services, invocation);
  return { call, ended: view.kind === 'failed', seen };
}

/** The job by its own path, which no page documents: whatever it answers but a job counts as not known. */
async function secondLook(
  client: ModelArtsClient,
  jobId: string,
  options: SendOptions,
): Promise<PoolJob | undefined> {
  try {
    return await client.send(showJob, { path: { job_id: jobId } }, options);
  } catch (error) {
    if (error instanceof ModelArtsError) return undefined;
    throw error;
  }
}

/** Looks for the job of a call whose answer was lost, adopts it if there is just one, and gives up after a while. */
async function searchJob({ call, rivals, jobs, readNodes, services, invocation }: Look): Promise<Looked> {
  const { clock, store } = services;
  const ageMs = clock.now() - calledAtMs(call);
  const waiting = { call, ended: false, seen: 'searching' };
  if (call.state === 'calling' && ageMs < IN_FLIGHT_MS) return waiting;

  const nodes = jobs && (await readNodes());
  const free = jobs && nodes ? await withoutOwner(call, jobs, services) : [];
  const candidates = candidateJobs(call, free, nodes?.map(({ name }) => name) ?? [], rivals);
  const [job] = candidates;
  if (job && candidates.length === 1 && (await ownJob(store, call, job.jobId, clock.now()))) {
    const adopted = await recordAnswer(store, call.id, { state: 'accepted', jobId: job.jobId });
    invocation.log.info('the job of a lost call was found', { callId: call.id, jobId: job.jobId });
    await recordAccepted(adopted, services);
    return { call: adopted, ended: false, seen: 'adopted' };
  }
  if (ageMs < SEARCH_MS) return waiting;
  await expire(
    call,
    `${candidates.length} jobs may be its own: ${candidates.map(({ jobId }) => jobId).join(', ') || 'none'}`,
    services,
  );
  return { ...waiting, ended: true };
}

async function withoutOwner(
  call: Call,
  jobs: readonly PoolJob[],
  { store }: RemediationServices,
): Promise<PoolJob[]> {
  const documents = await store.getMany(jobs.map(({ jobId }) => jobOwnerKey(call.pool, jobId)));
  const owners = documents.map((document) => parseDocument(jobOwnerKind, document));
  return jobs.filter(
    ({ jobId }) => !owners.some((owner) => owner.jobId === jobId && owner.callId !== call.id),
  );
}

async function readable<Value>(read: () => Promise<Value>, { log }: Invocation): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ModelArtsError)) throw error;
    log.warn('the API could not be read; the next look is the next try', { error });
    return undefined;
  }
}

function calledAtMs({ callingAt, createdAt }: Call): number {
  return Date.parse(callingAt ?? createdAt);
}
