import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { type Logger, redacted } from '#lib/log';

/** What one invocation may use: its logger, when it must be done, and the signal that says it is over. */
export type Invocation = {
  log: Logger;
  /** Epoch milliseconds. Work that is not begun before it is left to the next invocation. */
  deadlineMs: number;
  signal: AbortSignal;
};

/** What is left for recording and answering when the deadline has come. */
const RESERVED_MS = 2_000;

/** Middy aborts the signal this long before Lambda would end the process. */
export const TIMEOUT_EARLY_MS = 500;

export function invocationOf(context: Context, signal: AbortSignal, log: Logger, now: number): Invocation {
  return {
    log: log.child({ requestId: context.awsRequestId }),
    deadlineMs: now + context.getRemainingTimeInMillis() - RESERVED_MS,
    signal,
  };
}

/** Logs how an invocation ended and how long it took; an error that nothing handled is logged with its cause. */
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
    // Lambda prints what is thrown, too.
    request.error = redacted(error);
  }

  return { before: logInvocationBefore, after: logInvocationAfter, onError: logInvocationOnError };
}
