import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { MappingDescription, QueueDescription } from '../description.ts';
import type { Invoke } from '../functions/invocation.ts';
import { succeededMessageIds } from './batch-response.ts';
import { sqsEvent } from './sqs-event.ts';

export interface EventSourceMappingOptions {
  readonly mapping: MappingDescription;
  readonly queue: QueueDescription;
  readonly client: SQSClient;
  readonly region: string;
  /** Batches in work at once. */
  readonly concurrency: number;
  readonly invoke: Invoke;
  readonly onProblem: (problem: string) => void;
}

/** SQS quotas: messages of one receive or delete request, and the longest wait. */
const requestLimit = 10;
const longestWaitSeconds = 20;
/** How often a queue is looked at in the last part of a second of a batching window, which SQS cannot wait for. */
const shortPollMs = 50;
const retryAfterMs = 1000;

export interface EventSourceMapping {
  /** Receives no further message; settles when that is certain. */
  stopPolling(): Promise<void>;
  /** Settles when no batch is in work any more. */
  drained(): Promise<void>;
}

/** Polls a queue and invokes the function with what comes. */
export function startEventSourceMapping(options: EventSourceMappingOptions): EventSourceMapping {
  const { mapping, queue, client, concurrency, onProblem } = options;
  const stopping = new AbortController();
  const inWork = new Set<Promise<void>>();

  async function poll(): Promise<void> {
    const { signal } = stopping;
    while (!isAborted(signal)) {
      try {
        // Not before there is somebody to work on it: a received message's visibility timeout is running.
        if (inWork.size >= concurrency) await Promise.race(inWork);
        const batch = await gather();
        if (batch.length > 0) start(batch);
      } catch (error) {
        if (isAborted(signal)) return;
        onProblem(`polling ${queue.name} failed and is tried again: ${String(error)}`);
        await delay(retryAfterMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** One batch: what the first receive brings, and what else comes within the batching window, up to the batch size. */
  async function gather(): Promise<Message[]> {
    const batch = await receive(mapping.batchSize, longestWaitSeconds);
    const windowEndsMs = performance.now() + mapping.batchingWindowSeconds * 1000;
    while (batch.length > 0 && batch.length < mapping.batchSize) {
      const remainingMs = windowEndsMs - performance.now();
      if (remainingMs <= 0) break;
      const waitSeconds = Math.min(Math.floor(remainingMs / 1000), longestWaitSeconds);
      const more = await receive(mapping.batchSize - batch.length, waitSeconds);
      batch.push(...more);
      if (more.length === 0 && waitSeconds === 0) await delay(Math.min(shortPollMs, remainingMs));
    }
    return batch;
  }

  async function receive(count: number, waitSeconds: number): Promise<Message[]> {
    const request = new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages: Math.min(count, requestLimit),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    const { Messages = [] } = await client.send(request, { abortSignal: stopping.signal });
    return Messages;
  }

  function start(batch: readonly Message[]): void {
    const work = workOn(batch).catch((error: unknown) => {
      onProblem(
        `messages of ${queue.name} could not be deleted and will be delivered again: ${String(error)}`,
      );
    });
    inWork.add(work);
    void work.finally(() => inWork.delete(work));
  }

  async function workOn(batch: readonly Message[]): Promise<void> {
    const event = sqsEvent(batch, queue, options.region);
    const result = await options.invoke(mapping.functionName, JSON.stringify(event));
    const ids = event.Records.map(({ messageId }) => messageId);
    const done = new Set(succeededMessageIds(ids, result, mapping.reportsBatchItemFailures));
    const entries = event.Records.filter(({ messageId }) => done.has(messageId)).map(
      ({ receiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
      }),
    );
    for (let from = 0; from < entries.length; from += requestLimit) {
      const Entries = entries.slice(from, from + requestLimit);
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    }
  }

  const polling = poll();
  return {
    async stopPolling() {
      stopping.abort();
      await polling;
    },
    async drained() {
      await Promise.all(inWork);
    },
  };
}

/** Read anew each time: between two looks, somebody may have aborted. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
