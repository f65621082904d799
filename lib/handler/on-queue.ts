import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createLogger } from '#lib/log';
import { once } from '../once.ts';
import { type Invocation, invocationOf, logInvocation, TIMEOUT_EARLY_MS } from './invocation.ts';
import { type QueueRecord, toQueueRecord } from './queue-record.ts';
import { warmUp } from './warm-up.ts';

export type QueueFunction<Services> = {
  /** As in serverless.yml. */
  name: string;
  /** Built once for a cold start, and again at the next invocation if that failed. */
  services: () => Promise<Services>;
  /**
   * Processes a batch.
   *
   * @returns the ids of the messages to deliver again. Every other message leaves the queue for good, so its outcome must be
   * stored before this returns.
   */
  handle: (
    records: readonly QueueRecord[],
    services: Services,
    invocation: Invocation,
  ) => Promise<readonly string[]>;
  /** Does a sample of the function's work that leaves no trace, while Lambda initialises the function. */
  warm?: () => Promise<unknown>;
};

/**
 * The function could process no record of a batch. The error makes the function's error metric count, and SQS delivers all records
 * again.
 */
export class FullBatchFailureError extends Error {
  override name = 'FullBatchFailureError';
}

/**
 * Processes the records of an SQS delivery, and answers which of them SQS must deliver again.
 *
 * @throws FullBatchFailureError if that is all of them.
 */
export async function answerBatch<Services>(
  event: SQSEvent,
  handle: QueueFunction<Services>['handle'],
  services: Services,
  invocation: Invocation,
): Promise<SQSBatchResponse> {
  const records = event.Records.map(toQueueRecord);
  const again = await handle(records, services, invocation);
  if (again.length > 0 && again.length === records.length) {
    throw new FullBatchFailureError(
      `The function could process none of ${records.length} messages; SQS delivers all of them again`,
    );
  }
  return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** The Lambda handler of a queue function: partial batch responses, a deadline, and one log line for each invocation. */
export function onQueue<Services>({ name, services, handle, warm }: QueueFunction<Services>) {
  const log = createLogger({ function: name });
  const ready = once(services);
  if (warm) warmUp(warm, ready);

  async function queueHandler(
    event: SQSEvent,
    context: Context,
    { signal }: { signal: AbortSignal },
  ): Promise<SQSBatchResponse> {
    const invocation = invocationOf(context, signal, log, Date.now());
    return answerBatch(event, handle, await ready(), invocation);
  }

  return middy(queueHandler, { timeoutEarlyInMillis: TIMEOUT_EARLY_MS }).use(logInvocation(log));
}
