import type { DeclaredFunction } from './declaration.ts';

const DAY_SECONDS = 24 * 3600;

export const MESSAGE_RETENTION_SECONDS = 4 * DAY_SECONDS;
/** The maximum of SQS. */
export const DEAD_LETTER_RETENTION_SECONDS = 14 * DAY_SECONDS;
/** A message that has waited longer raises an alarm. */
export const OLDEST_MESSAGE_SECONDS = 900;

/** No queue of ours waits longer to fill a batch. */
const LONGEST_BATCHING_WINDOW_SECONDS = 10;

/**
 * How long a queue hides a delivered message, so that it delivers no message twice while a function works on it: six times the
 * time-out of the function, as the AWS Lambda guide says, and the batching window.
 */
export function visibilityTimeoutSeconds({ timeoutSeconds }: DeclaredFunction): number {
  return 6 * timeoutSeconds + LONGEST_BATCHING_WINDOW_SECONDS;
}
