import middy from '@middy/core';
import type { Context, SQSEvent } from 'aws-lambda';
import type * as z from 'zod';
import { describeIssues } from '#lib/issues';
import { createLogger } from '#lib/log';
import { once } from '../once.ts';
import { type Invocation, invocationOf, logInvocation, TIMEOUT_EARLY_MS } from './invocation.ts';
import { onQueue, type QueueFunction } from './on-queue.ts';

export type ScheduleFunction<Event, Services> = {
  /** As in serverless.yml. */
  name: string;
  /** Built on the first invocation of a cold start, and again if that failed. */
  services: () => Promise<Services>;
  /** The schema of the schedule's event. */
  event: z.ZodType<Event>;
  /** Does the due work. When it throws, Lambda invokes the function with the same event again, twice. */
  handle: (event: Event, services: Services, invocation: Invocation) => Promise<void>;
  /** Processes a batch of messages, if the function also has a queue: see QueueFunction. */
  messages?: QueueFunction<Services>['handle'];
};

/** The Lambda handler of a function that a schedule starts. */
export function onSchedule<Event, Services>({
  name,
  services,
  event: schema,
  handle,
  messages,
}: ScheduleFunction<Event, Services>) {
  const log = createLogger({ function: name });
  const ready = once(services);

  async function scheduleHandler(
    input: unknown,
    context: Context,
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    const invocation = invocationOf(context, signal, log, Date.now());
    const provided = await ready();
    const event = schema.safeParse(input);
    if (!event.success)
      throw new Error(`The event is not an event of a schedule: ${describeIssues(event.error)}`);
    await handle(event.data, provided, invocation);
  }

  const fromSchedule = middy(scheduleHandler, { timeoutEarlyInMillis: TIMEOUT_EARLY_MS }).use(
    logInvocation(log),
  );
  const fromQueue = messages && onQueue({ name, services: ready, handle: messages });

  return async function handler(event: unknown, context: Context) {
    return fromQueue && isBatch(event) ? fromQueue(event, context) : fromSchedule(event, context);
  };
}

function isBatch(event: unknown): event is SQSEvent {
  return typeof event === 'object' && event !== null && 'Records' in event;
}
