import type { DeclaredFunction } from './declaration.ts';

const DAY_SECONDS = 24 * 3600;

export const MESSAGE_RETENTION_SECONDS = 4 * DAY_SECONDS;
/** The most that SQS keeps. */
export const DEAD_LETTER_RETENTION_SECONDS = 14 * DAY_SECONDS;
/** A message that has waited so long raises an alarm. */
export const OLDEST_MESSAGE_SECONDS = 900;

/** No queue of ours waits longer for its batch. */
const LONGEST_BATCHING_WINDOW_SECONDS = 10;

/**
 * For how long a queue delivers a message to nobody else: six times the time-out of its function, as the AWS Lambda guide
 * says, and its batching window, so that a message still being worked on is not delivered again.
 */
export function visibilityTimeoutSeconds({ timeoutSeconds }: DeclaredFunction): number {
  return 6 * timeoutSeconds + LONGEST_BATCHING_WINDOW_SECONDS;
}
