import type { Invocation } from '#lib/handler/invocation';
import type { Store } from '#lib/ledger/store';
import type { Told } from './body.ts';
import { type DeliverServices, deliver } from './deliver.ts';
import { hasThreads } from './kinds/table.ts';
import type { Delivery } from './post.ts';
import type { Recipient } from './recipients.ts';
import { knownThread, orForgotten, rememberThread } from './thread-memory.ts';

/**
 * Sends a notice to one recipient as `deliver` does. If its receiver has threads, the notice goes into the thread of its incident, and the
 * first one begins it. The memory of threads is a help, and no more: if it is lost, or the receiver has the thread no more, the notice
 * begins a new one.
 */
export async function deliverInThread(
  recipient: Recipient,
  told: Told,
  services: DeliverServices & { store: Store },
  invocation: Pick<Invocation, 'deadlineMs' | 'signal' | 'log'>,
): Promise<Delivery> {
  const { incident, id } = told.message;
  // A list of several incidents is in the thread of none.
  if (!hasThreads(recipient.target) || incident === id) return deliver(recipient, told, services, invocation);

  const thread = await orForgotten(() => knownThread(recipient, incident, services), invocation);
  const inThread = await deliver(
    recipient,
    { ...told, ...(thread !== undefined && { thread }) },
    services,
    invocation,
  );
  const delivery =
    thread !== undefined && inThread.outcome === 'refused'
      ? await deliver(recipient, told, services, invocation)
      : inThread;
  if (delivery.outcome === 'told' && delivery.thread !== undefined && delivery.thread !== thread) {
    const change = { next: delivery.thread, before: thread };
    await orForgotten(() => rememberThread(recipient, incident, change, services), invocation);
  }
  return delivery;
}
