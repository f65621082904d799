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

/** Whether a function has a dead-letter queue for the messages or firings that it cannot process. */
export function hasDeadLetters(
  trigger: DeclaredFunction['trigger'],
): trigger is Extract<DeclaredFunction['trigger'], { kind: 'queue' | 'schedules' }> {
  return trigger.kind === 'queue' || trigger.kind === 'schedules';
}
