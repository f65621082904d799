import type { Seen } from '#lib/ledger/call';
import { jobById, jobsOf } from '#lib/modelarts/reading/follow';
import { ifReadable, nodesOf } from '#lib/modelarts/reading/pool-reader';
import { viewJob } from './job-view.ts';
import { calledAtMs, isSameSeen, type Poll, type Polled } from './observation.ts';
import { recordJob } from './record-job.ts';
import { settleCall } from './settle.ts';
import { readView } from './view.ts';

/** A young job may be missing from the list. After this time Poolkeeper also asks for it by its id. */
const TOO_YOUNG_MS = 60_000;

/** An invocation of `poll-jobs` lasts a minute at most, so a slower poll has recorded an older state by then. */
export const SLOWEST_POLL_MS = 75_000;

/** Checks a call's job, and settles the call if the job has succeeded. */
export async function followJob({ call, reader, beganAtMs, services, invocation }: Poll): Promise<Polled> {
  const { jobId = '' } = call;
  const unchanged = { call, ended: false, seen: call.seen };
  const jobs = await ifReadable(reader, () => jobsOf(reader));
  if (!jobs) return unchanged;
  let job = jobs.items.find((candidate) => candidate.jobId === jobId);
  if (!job && services.clock.now() - calledAtMs(call) > TOO_YOUNG_MS) job = await jobById(reader, jobId);

  const state = viewJob(job);
  if (state.kind === 'succeeded') {
    const view = await readView(call, reader);
    if (!view) return unchanged;
    const { open } = await settleCall(call, view, state.endedAtMs, services, invocation);
    return { call, ended: open === 0, seen: { kind: 'succeeded' } };
  }
  const seen: Seen = state.kind === 'unknown' ? state : { kind: state.kind };
  const nodes = state.kind === 'failed' ? await ifReadable(reader, () => nodesOf(reader)) : undefined;
  const isNews = !isSameSeen(seen, call.seen);
  // Before a late poll another one died, which may have recorded what it saw in the remediations, and not in the call.
  const isLate = beganAtMs - Date.parse(call.nextLookAt ?? call.createdAt) > SLOWEST_POLL_MS;
  const isSettled = !isNews && !isLate && beganAtMs - Date.parse(call.seenSince ?? '') > SLOWEST_POLL_MS;
  if (!isSettled) await recordJob(call, { ...state, beganAtMs, isNews }, services, invocation, nodes?.items);
  return { call, ended: state.kind === 'failed', seen };
}
