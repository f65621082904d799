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
  /** The maximum number of batches in work. */
  readonly concurrency: number;
  readonly invoke: Invoke;
  readonly onProblem: (problem: string) => void;
}

/** SQS quotas: the messages of one receive or delete request, and the longest wait. */
const requestLimit = 10;
const longestWaitSeconds = 20;
/** The poll interval in the last fraction of a second of a batching window. SQS waits only for full seconds. */
const shortPollMs = 50;
const retryAfterMs = 1000;

export interface EventSourceMapping {
  /** Stops polling. Settles when no further message can arrive. */
  stopPolling(): Promise<void>;
  /** Settles when no batch is in work. */
  drained(): Promise<void>;
}

/** Polls a queue and invokes the function with the received messages. */
export function startEventSourceMapping(options: EventSourceMappingOptions): EventSourceMapping {
  const { mapping, queue, client, concurrency, onProblem } = options;
  const stopping = new AbortController();
  const inWork = new Set<Promise<void>>();

  async function poll(): Promise<void> {
    const { signal } = stopping;
    while (!isAborted(signal)) {
      try {
        // Receives no message before a function is free for it, because its visibility timeout starts at once.
        if (inWork.size >= concurrency) await Promise.race(inWork);
        const batch = await gather();
        if (batch.length > 0) start(batch);
      } catch (error) {
        if (isAborted(signal)) return;
        onProblem(`polling ${queue.name} failed and will be tried again: ${String(error)}`);
        await delay(retryAfterMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** Collects one batch: the messages of the first receive, and further ones within the batching window, up to the batch size. */
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

/** A function, because TypeScript would assume that `aborted` stays false after one check. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
