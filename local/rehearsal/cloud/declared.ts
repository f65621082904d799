import type { SQSEvent } from 'aws-lambda';
import type { QueueFunction } from '#lib/handler/on-queue';
import { definitions } from '#lib/implementations';
import { notifyRecipients } from '#lib/notify/tell';
import type { NotifyServices } from '#lib/notify/tell-recipients';
import { handleCommands } from '#lib/remediation/execution/act';
import type { RemediationServices } from '#lib/remediation/record/services';
import { pollCalls } from '#lib/remediation/tracking/poll';
import { receivePolicies } from '#lib/tag-policy/receive-policies';
import { declaredFunctions } from '#local/stack/functions';
import { visibilityTimeoutSeconds } from '#local/stack/queue-numbers';
import type { Delivery, QueueSettings } from './queue.ts';

/** The services of any function. `notify` posts to targets, and has the table itself. */
export type Services = RemediationServices & { notify: NotifyServices };

/** The queues as the stack declares them. */
export const queueSettings: ReadonlyMap<string, Omit<QueueSettings, 'name' | 'keepsHistory'>> = new Map(
  declaredFunctions.flatMap((declared) => {
    const { name, trigger } = declared;
    if (trigger.kind !== 'queue') return [];
    const settings = {
      batchSize: trigger.batchSize,
      concurrency: trigger.maximumConcurrency,
      visibilityMs: visibilityTimeoutSeconds(declared) * 1000,
      maxReceives: trigger.maxReceives,
      // Without a window a poller takes what it finds, now and then.
      batchingWindowMs: Math.max(500, trigger.batchingWindowSeconds * 1000),
    };
    return [[name, settings] as const];
  }),
);

const timeoutsMs = new Map(
  declaredFunctions.map(({ name, timeoutSeconds }) => [name, timeoutSeconds * 1000]),
);

/** For the functions of a rehearsal that the stack does not have. */
const FUNCTION_TIMEOUT_MS = 60_000;

/** How long a function may run. */
export function timeoutOf(name: string): number {
  return timeoutsMs.get(name) ?? FUNCTION_TIMEOUT_MS;
}

/** The handler of each function with a queue. */
export const queueHandlers: ReadonlyMap<string, QueueFunction<Services>['handle']> = new Map<
  string,
  QueueFunction<Services>['handle']
>([
  ...Object.values(definitions).map((definition) => [definition.action, handleCommands(definition)] as const),
  [
    'enforce-tag-policy',
    (records, services, invocation) => {
      const { 'update-nodes': commands } = services.commands;
      if (!commands) throw new Error('there is no queue of update-nodes');
      return receivePolicies(records, { ...services, commands }, invocation);
    },
  ],
  ['poll-jobs', pollCalls],
  ['notify', (records, { notify }, invocation) => notifyRecipients(records, notify, invocation)],
]);

/** A batch as SQS hands it to a function. */
export function toSqsEvent(batch: readonly Delivery[]): SQSEvent {
  return {
    Records: batch.map(({ message: { messageId, body, sentAtMs, attributes }, receiveCount }) => ({
      messageId,
      body,
      receiptHandle: '',
      messageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
      ),
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: '',
      awsRegion: '',
      attributes: {
        SentTimestamp: String(sentAtMs),
        ApproximateReceiveCount: String(receiveCount),
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '',
      },
    })),
  };
}
