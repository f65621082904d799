import { queueVariable } from '#lib/config';
import type { DeclaredFunction } from './declaration.ts';
import { deadLetterQueueId, queueId } from './names.ts';

/** The URL of a queue, by the logical id of the queue, or a number. */
export type Variable = { readonly queue: string } | number;

/** The environment variables of one function. All functions share some others, and `callsModelArts` adds the project. */
export function environmentOf({ name, trigger, sendsTo }: DeclaredFunction): Record<string, Variable> {
  const queues = sendsTo.map((to) => [queueVariable('QUEUE', to), { queue: queueId(to) }] as const);
  return {
    ...Object.fromEntries(queues),
    ...(hasDeadLetters(trigger) && { [queueVariable('DLQ', name)]: { queue: deadLetterQueueId(name) } }),
    ...(trigger.kind === 'queue' && { POOLKEEPER_MAX_RECEIVES: trigger.maxReceives }),
  };
}

/** Whether a function has a dead-letter queue for the messages, firings or events that it cannot process. */
export function hasDeadLetters(trigger: DeclaredFunction['trigger']): boolean {
  return trigger.kind === 'queue' || asynchronousOf(trigger) !== undefined;
}

/** The tries and the dead letters of a function that services invoke with an event of their own. Undefined for any other. */
export function asynchronousOf(
  trigger: DeclaredFunction['trigger'],
): { readonly retries: number; readonly deadLetters: string } | undefined {
  if (trigger.kind === 'http') return trigger.direct;
  return trigger.kind === 'schedules' ? trigger : undefined;
}
