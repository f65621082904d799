import { readDocument, updateDocument } from '#lib/ledger/change';
import {
  type NoticeRecord,
  noticeRecordKey,
  noticeRecordKind,
  type Progress,
} from '#lib/ledger/notices/notice-record';
import type { Store } from '#lib/ledger/store';
import type { Delivery } from './post.ts';

/** Longest pause that a recipient can ask for: by then the message has come several times. */
const MAX_PAUSE_MS = 60 * 60_000;

const FAST_TRIES = 4;
const MAX_BACKOFF_MS = 15 * 60_000;

/** The progress of each recipient of a notice, by the recipient's key. */
export type TargetProgress = NoticeRecord['targets'];

export async function readProgress(store: Store, id: string): Promise<TargetProgress> {
  return (await readDocument(store, noticeRecordKind, noticeRecordKey(id)))?.targets ?? {};
}

/**
 * Adds the result of an attempt. A delivered notice stays delivered, even if a concurrent attempt failed.
 *
 * @returns the progress of each recipient afterwards.
 */
export async function recordProgress(
  store: Store,
  id: string,
  now: number,
  attempted: TargetProgress,
): Promise<TargetProgress> {
  const { value } = await updateDocument(store, noticeRecordKind, noticeRecordKey(id), (current) => {
    const { firstTriedAt = new Date(now).toISOString(), targets = {} } = current ?? {};
    const told = Object.entries(targets).filter(([, { state }]) => state === 'told');
    return { id, firstTriedAt, targets: { ...targets, ...attempted, ...Object.fromEntries(told) } };
  });
  return value?.targets ?? attempted;
}

/** Whether to try a recipient. After a refusal only another message tries it again: a person has sent the dead letter back. */
export function isDue(progress: Progress | undefined, messageId: string, now: number): boolean {
  switch (progress?.state) {
    case undefined:
      return true;
    case 'told':
      return false;
    case 'waiting':
      return false;
    case 'refused':
      return progress.messageId !== messageId;
    case 'failed':
      return progress.notBefore === undefined || Date.parse(progress.notBefore) <= now;
  }
}

/** @param before the recipient's progress until now: the pause between two attempts grows with each. */
export function toProgress(delivery: Delivery, messageId: string, now: number, before?: Progress): Progress {
  const at = new Date(now).toISOString();
  switch (delivery.outcome) {
    case 'told':
      return { state: 'told', at };
    case 'refused':
      return { state: 'refused', at, why: delivery.why, messageId };
    case 'failed': {
      const { why, retryAfterMs = 0 } = delivery;
      const tries = (before?.state === 'failed' ? (before.tries ?? 1) : 0) + 1;
      const pauseMs = Math.max(Math.min(retryAfterMs, MAX_PAUSE_MS), backoffMs(tries));
      const notBefore = pauseMs > 0 && new Date(now + pauseMs).toISOString();
      return { state: 'failed', at, why, tries, ...(notBefore && { notBefore }) };
    }
  }
}

/**
 * The pause after the `tries`th failure in a row. The queue delivers a message again every two minutes; the first attempts follow that, and
 * later ones come every four, eight and then fifteen minutes.
 */
function backoffMs(tries: number): number {
  return tries < FAST_TRIES ? 0 : Math.min(MAX_BACKOFF_MS, 4 * 60_000 * 2 ** (tries - FAST_TRIES));
}
