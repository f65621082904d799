import * as z from 'zod';
import type { DocumentKind } from '../change.ts';
import { type DocumentKey, expiry } from '../store.ts';

/** The thread of an incident at a recipient. It is a memory alone: without it, the next notice begins a new thread. */
const ThreadRecord = z.object({
  /** The receiver's name for the first message, or our own name for an incident there. */
  thread: z.string(),
  /** When it was sent. At a receiver of alarms: when the last one was sent. */
  since: z.iso.datetime(),
  /** The receiver has closed the incident, so a later notice begins a new one. */
  isOver: z.boolean().optional(),
});
export type ThreadRecord = z.output<typeof ThreadRecord>;

/** How long later notices go into a thread, from its first message on. */
export const THREAD_MS = 7 * 24 * 3_600_000;

export const threadRecordKind: DocumentKind<ThreadRecord> = {
  name: 'thread',
  schema: ThreadRecord,
  index: ({ since }) => expiry(since, THREAD_MS),
};

/** @param recipient its hash */
export function threadRecordKey(recipient: string, incident: string): DocumentKey {
  return { pk: `thread#${recipient}#${incident}`, sk: '-' };
}
