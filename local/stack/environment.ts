import { queueVariable } from '#lib/config';
import type { DeclaredFunction } from './declaration.ts';
import { deadLetterQueueId, queueId } from './names.ts';

/** The URL of a queue, by the logical id of the queue, or a number. */
export type Variable = { readonly queue: string } | number;

/** What the environment of a function says beside what every function is told, and beside the ModelArts project. */
export function environmentOf({ name, trigger, sendsTo }: DeclaredFunction): Record<string, Variable> {
  const queues = sendsTo.map((to) => [queueVariable('QUEUE', to), { queue: queueId(to) }] as const);
  return {
    ...Object.fromEntries(queues),
    ...(hasDeadLetters(trigger) && { [queueVariable('DLQ', name)]: { queue: deadLetterQueueId(name) } }),
    ...(trigger.kind === 'queue' && { POOLKEEPER_MAX_RECEIVES: trigger.maxReceives }),
  };
}

/** Whether what a function could not deal with goes to a dead-letter queue of its own. */
export function hasDeadLetters(
  trigger: DeclaredFunction['trigger'],
): trigger is Extract<DeclaredFunction['trigger'], { kind: 'queue' | 'schedules' }> {
  return trigger.kind === 'queue' || trigger.kind === 'schedules';
}
