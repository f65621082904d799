import { queueVariable } from '#lib/config';
import type { DeclaredFunction } from './declaration.ts';
import { declaredFunctions } from './functions.ts';
import { deadLetterQueueId, queueId } from './names.ts';

/** The URL of a queue, by the logical id of the queue, or a number. */
export type Variable = { readonly queue: string } | number;

/** The environment variables of one function. All functions share some others, and `callsModelArts` adds the project. */
export function environmentOf(declared: DeclaredFunction): Record<string, Variable> {
  const { name, trigger, sendsTo } = declared;
  const letters = [...deadLettersReadBy(declared), ...deadLettersCountedBy(declared)].map(
    (of) => [queueVariable('DLQ', of), { queue: deadLetterQueueId(of) }] as const,
  );
  const queues = sendsTo.map((to) => [queueVariable('QUEUE', to), { queue: queueId(to) }] as const);
  return {
    ...Object.fromEntries(queues),
    ...Object.fromEntries(letters),
    ...(hasDeadLetters(trigger) && { [queueVariable('DLQ', name)]: { queue: deadLetterQueueId(name) } }),
    ...(trigger.kind === 'queue' && { POOLKEEPER_MAX_RECEIVES: trigger.maxReceives }),
  };
}

/** The functions whose dead letters a function reads. */
export function deadLettersReadBy({ readsDeadLetters }: DeclaredFunction): string[] {
  return readsDeadLetters ? functionsWithDeadLetters() : [];
}

/** The functions whose dead letters a function only counts. */
export function deadLettersCountedBy({ countsDeadLetters }: DeclaredFunction): string[] {
  return countsDeadLetters ? functionsWithDeadLetters() : [];
}

function functionsWithDeadLetters(): string[] {
  return declaredFunctions.filter(({ trigger }) => hasDeadLetters(trigger)).map(({ name }) => name);
}

/** Whether a function has a dead-letter queue for the messages, firings or events that it cannot process. */
export function hasDeadLetters(trigger: DeclaredFunction['trigger']): boolean {
  return trigger.kind === 'queue' || asynchronousOf(trigger) !== undefined;
}

/** The tries of a function that services invoke with an event of their own. Undefined for any other. */
export function asynchronousOf(
  trigger: DeclaredFunction['trigger'],
): { readonly retries: number } | undefined {
  if (trigger.kind === 'http') return trigger.direct;
  return trigger.kind === 'schedules' ? trigger : undefined;
}
