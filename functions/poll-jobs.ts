import { systemClock } from '#lib/clock';
import { onQueue } from '#lib/handler/on-queue';
import { pollCalls } from '#lib/remediation/tracking/poll';
import { pollJobsServices } from '#lib/services';
import { warmPolls } from '#lib/warm-up/polls';

/** Follows calls, with one list of jobs for each pool, until each call has ended and its nodes have shown the result. */
export const handler = onQueue({
  name: 'poll-jobs',
  services: pollJobsServices,
  handle: pollCalls,
  warm: warmPolls(pollCalls, systemClock),
});
