import type { Invocation } from '#lib/handler/invocation';
import type { Store } from '#lib/ledger/store';
import type { Told } from './body.ts';
import { type DeliverServices, deliver } from './deliver.ts';
import type { Delivery } from './post.ts';
import type { Recipient } from './recipients.ts';
import { endThread, knownThread, orForgotten, rememberThread } from './thread-memory.ts';

type Services = DeliverServices & { store: Store };
type Running = Pick<Invocation, 'deadlineMs' | 'signal' | 'log'>;

/** Sends a notice to a receiver of alarms as `deliver` does, and remembers whether its incident is open there. */
export async function deliverAlarm(
  recipient: Recipient,
  told: Told,
  services: Services,
  invocation: Running,
): Promise<Delivery> {
  const { incident, step } = told.message;
  const delivery = await deliver(recipient, told, services, invocation);
  if (delivery.outcome === 'told') {
    const remembered = () =>
      step === 'over'
        ? endThread(recipient, incident, services)
        : rememberThread(recipient, incident, { next: incident, before: incident }, services);
    await orForgotten(remembered, invocation);
  }
  return delivery;
}

/** Whether an alarm of the incident has reached a receiver, and none has ended it since. False if the memory of it is lost. */
export async function isAlarmed(
  recipient: Recipient,
  incident: string,
  services: Services,
  invocation: Running,
): Promise<boolean> {
  const thread = await orForgotten(() => knownThread(recipient, incident, services), invocation);
  return thread !== undefined;
}
