import type { Invocation } from '#lib/handler/invocation';
import { readDocument, updateDocument } from '#lib/ledger/change';
import {
  THREAD_MS,
  type ThreadRecord,
  threadRecordKey,
  threadRecordKind,
} from '#lib/ledger/notices/thread-record';
import type { Store } from '#lib/ledger/store';
import type { Told } from './body.ts';
import { type DeliverServices, deliver } from './deliver.ts';
import { hasThreads } from './kinds/table.ts';
import type { Delivery } from './post.ts';
import type { Recipient } from './recipients.ts';

type Services = DeliverServices & { store: Store };

/**
 * Sends a notice to one recipient as `deliver` does. If its receiver has threads, the notice goes into the thread of its incident, and the
 * first one begins it. The memory of threads is a help, and no more: if it is lost, or the receiver has the thread no more, the notice
 * begins a new one.
 */
export async function deliverInThread(
  recipient: Recipient,
  told: Told,
  services: Services,
  invocation: Pick<Invocation, 'deadlineMs' | 'signal' | 'log'>,
): Promise<Delivery> {
  const { incident, id } = told.message;
  // A list of several incidents is in the thread of none.
  if (!hasThreads(recipient.target) || incident === id) return deliver(recipient, told, services, invocation);

  const thread = await orForgotten(() => readThread(recipient, incident, services), invocation);
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
    const next = delivery.thread;
    await orForgotten(() => remember(recipient, incident, { next, before: thread }, services), invocation);
  }
  return delivery;
}

async function readThread(
  { key }: Recipient,
  incident: string,
  { store, clock }: Services,
): Promise<string | undefined> {
  const record = await readDocument(store, threadRecordKind, threadRecordKey(key, incident));
  return record && isYoung(record, clock.now()) ? record.thread : undefined;
}

/** Two first notices at the same time begin two threads; later ones go into the one that is remembered first. */
async function remember(
  { key }: Recipient,
  incident: string,
  { next, before }: { next: string; before: string | undefined },
  { store, clock }: Services,
): Promise<void> {
  const now = clock.now();
  await updateDocument(store, threadRecordKind, threadRecordKey(key, incident), (current) =>
    current && current.thread !== before && isYoung(current, now)
      ? undefined
      : { thread: next, since: new Date(now).toISOString() },
  );
}

function isYoung({ since }: ThreadRecord, now: number): boolean {
  return now - Date.parse(since) < THREAD_MS;
}

/** The notice matters more than its thread: without the memory it is sent all the same. */
async function orForgotten<Value>(
  memory: () => Promise<Value>,
  { log }: Pick<Invocation, 'log'>,
): Promise<Value | undefined> {
  try {
    return await memory();
  } catch (error) {
    log.warn('the thread of a notice is not known', { error });
    return undefined;
  }
}
