import type { FollowMessage, Quiet } from '#events/follow';
import { jobsOf } from '#lib/modelarts/reading/follow';
import { ifReadable, type PoolReader } from '#lib/modelarts/reading/pool-reader';
import { SLOWEST_POLL_MS } from './follow-job.ts';
import { viewJob } from './job-view.ts';
import { calledAtMs, isSameSeen, type Polled } from './observation.ts';

/**
 * While a job runs, each poll would read its call and write that a poll has been there, and nothing else. For this long the polls leave
 * that out. It is much shorter than the time after which the sweep takes a call for one that no message follows.
 */
const QUIET_MS = 5 * 60_000;

/**
 * Whether the next polls of a call may be quiet, after a poll at `now`. The job must run, and have run for longer than a slow poll may
 * take to record something else. A poll at the deadline of the call is never quiet.
 *
 * @param nextMs when the next poll is due. Both epoch milliseconds.
 */
export function quietAfter({ call, seen, ended }: Polled, nextMs: number, now: number): Quiet | undefined {
  const { state, deadline, createdAt, seenSince = '' } = call;
  const hasRunOn = seen?.kind === 'running' && isSameSeen(seen, call.seen);
  const isSettled = nextMs - Date.parse(seenSince) > SLOWEST_POLL_MS;
  if (ended || state !== 'accepted' || !hasRunOn || !isSettled) return undefined;
  const untilMs = Math.min(now + QUIET_MS, Date.parse(deadline ?? createdAt));
  return { calledAt: new Date(calledAtMs(call)).toISOString(), until: new Date(untilMs).toISOString() };
}

/** The quiet poll that a message asks for; undefined: its call must be read. A late message may follow a poll that died. */
export function quietOf({ probe, dueAt }: FollowMessage, now: number): Quiet | undefined {
  if (probe.kind !== 'job' || probe.quiet === undefined) return undefined;
  const leftMs = Date.parse(probe.quiet.until) - now;
  const isLate = now - Date.parse(dueAt) > SLOWEST_POLL_MS;
  return leftMs > 0 && leftMs <= QUIET_MS && !isLate ? probe.quiet : undefined;
}

/** When the calls of quiet polls were made, also of those whose time is over by now. Epoch milliseconds. */
export function quietCalledAt(asked: readonly { message: FollowMessage }[]): number[] {
  return asked.flatMap(({ message: { probe } }) =>
    probe.kind === 'job' && probe.quiet ? [Date.parse(probe.quiet.calledAt)] : [],
  );
}

/** The messages whose jobs still run. */
export async function stillRunning<Asked extends { message: FollowMessage }>(
  asked: readonly Asked[],
  reader: PoolReader,
): Promise<Asked[]> {
  if (asked.length === 0) return [];
  const jobs = await ifReadable(reader, () => jobsOf(reader));
  const runs = new Set(
    jobs?.items.filter((job) => viewJob(job).kind === 'running').map(({ jobId }) => jobId),
  );
  return asked.filter(({ message: { probe } }) => probe.kind === 'job' && runs.has(probe.jobId));
}

/** The messages for the next polls after quiet ones: one for each call, however many asked for this poll. */
export function quietAgain(
  asked: readonly { message: FollowMessage }[],
  dueMs: number,
): readonly FollowMessage[] {
  const messages = asked.map(({ message }) => message).toSorted((a, b) => a.look - b.look);
  const latest = new Map(messages.map((message) => [message.callId, message]));
  const dueAt = new Date(dueMs).toISOString();
  return [...latest.values()].map((message) => ({ ...message, look: message.look + 1, dueAt }));
}
