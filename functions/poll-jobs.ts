import { onQueue } from '#lib/handler/on-queue';
import { poll } from '#lib/remediation/tracking/poll';
import { pollJobsServices } from '#lib/services';

/** Looks at what was started, one list of jobs for each pool, until every call has ended and its nodes have shown how. */
export const handler = onQueue({ name: 'poll-jobs', services: pollJobsServices, handle: poll });
