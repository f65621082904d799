import type { Invocation } from '#lib/handler/invocation';
import { readDocument, updateDocument } from '#lib/ledger/change';
import {
  THREAD_MS,
  type ThreadRecord,
  threadRecordKey,
  threadRecordKind,
} from '#lib/ledger/notices/thread-record';
import type { Store } from '#lib/ledger/store';
import type { Recipient } from './recipients.ts';

type Services = { store: Store; clock: { now(): number } };

/** The thread of an incident at a recipient, if it is remembered and not over. */
export async function knownThread(
  { key }: Recipient,
  incident: string,
  { store, clock }: Services,
): Promise<string | undefined> {
  const record = await readDocument(store, threadRecordKind, threadRecordKey(key, incident));
  return record && isLive(record, clock.now()) ? record.thread : undefined;
}

/**
 * Remembers the thread of an incident from now on. Two first notices at the same time begin two threads; the first one that is remembered
 * stays.
 *
 * @param change `next`: the thread; `before`: the thread that it takes the place of. Undefined: none.
 */
export async function rememberThread(
  { key }: Recipient,
  incident: string,
  { next, before }: { next: string; before: string | undefined },
  { store, clock }: Services,
): Promise<void> {
  const now = clock.now();
  await updateDocument(store, threadRecordKind, threadRecordKey(key, incident), (current) =>
    current && current.thread !== before && isLive(current, now)
      ? undefined
      : { thread: next, since: new Date(now).toISOString() },
  );
}

/** Ends the thread of an incident. A later notice begins a new one. */
export async function endThread(
  { key }: Recipient,
  incident: string,
  { store }: Pick<Services, 'store'>,
): Promise<void> {
  await updateDocument(store, threadRecordKind, threadRecordKey(key, incident), (current) =>
    current && !current.isOver ? { ...current, isOver: true } : undefined,
  );
}

function isLive({ since, isOver = false }: ThreadRecord, now: number): boolean {
  return !isOver && now - Date.parse(since) < THREAD_MS;
}

/** A use of the memory. A notice matters more than its thread: without the memory it is sent all the same. */
export async function orForgotten<Value>(
  use: () => Promise<Value>,
  { log }: Pick<Invocation, 'log'>,
): Promise<Value | undefined> {
  try {
    return await use();
  } catch (error) {
    log.warn('the thread of a notice is not known', { error });
    return undefined;
  }
}
