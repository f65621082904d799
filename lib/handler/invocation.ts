import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { type Logger, redacted } from '#lib/log';

/** The means of one invocation: its logger, its beginning and deadline, and the signal of its end. */
export type Invocation = {
  log: Logger;
  /** Epoch milliseconds. When its request or message was received, also if the process stands still afterwards. */
  beganAtMs: number;
  /** Epoch milliseconds. Work that has not begun by then is left to the next invocation. */
  deadlineMs: number;
  signal: AbortSignal;
};

/** Time after the deadline to record and to answer. */
const RESERVED_MS = 2_000;

/** Middy aborts the signal this long before Lambda ends the process. */
export const TIMEOUT_EARLY_MS = 500;

export function invocationOf(context: Context, signal: AbortSignal, log: Logger, now: number): Invocation {
  return {
    log: log.child({ requestId: context.awsRequestId }),
    beganAtMs: now,
    deadlineMs: now + context.getRemainingTimeInMillis() - RESERVED_MS,
    signal,
  };
}

/** Logs the result and the duration of an invocation. An unhandled error is logged with its cause. */
export function logInvocation(log: Logger, now: () => number = Date.now): MiddlewareObj {
  let startedAt = 0;

  function logInvocationBefore(): void {
    startedAt = now();
  }
  function logInvocationAfter({ context }: { context: Context }): void {
    log.info('invocation ended', { requestId: context.awsRequestId, durationMs: now() - startedAt });
  }
  function logInvocationOnError(request: { context: Context; error: Error | null | undefined }): void {
    const { context, error } = request;
    log.error('invocation failed', { requestId: context.awsRequestId, durationMs: now() - startedAt, error });
    // Lambda prints thrown errors, too.
    request.error = redacted(error);
  }

  return { before: logInvocationBefore, after: logInvocationAfter, onError: logInvocationOnError };
}
