import { change, read } from '#lib/ledger/change';
import {
  type NoticeRecord,
  noticeRecordKey,
  noticeRecordKind,
  type Progress,
} from '#lib/ledger/notice-record';
import type { Store } from '#lib/ledger/store';
import type { Delivery } from './post.ts';

/** No target is left alone for longer because it asked to be: by then the message has come several times. */
const MAX_PAUSE_MS = 60 * 60_000;

/** How far each target of a notice is, by the target's key. */
export type TargetProgress = NoticeRecord['targets'];

export async function readProgress(store: Store, id: string): Promise<TargetProgress> {
  return (await read(store, noticeRecordKind, noticeRecordKey(id)))?.targets ?? {};
}

/**
 * Adds what came of an attempt. Who has been told stays told, whatever became of another attempt at the same time.
 *
 * @returns how far each target is then.
 */
export async function recordProgress(
  store: Store,
  id: string,
  now: number,
  attempted: TargetProgress,
): Promise<TargetProgress> {
  const { value } = await change(store, noticeRecordKind, noticeRecordKey(id), (current) => {
    const { firstTriedAt = new Date(now).toISOString(), targets = {} } = current ?? {};
    const told = Object.entries(targets).filter(([, { state }]) => state === 'told');
    return { id, firstTriedAt, targets: { ...targets, ...attempted, ...Object.fromEntries(told) } };
  });
  return value?.targets ?? attempted;
}

/**
 * Whether a target is to be tried. One that has refused is tried again only by another message: somebody has sent the dead
 * letter back.
 */
export function isDue(progress: Progress | undefined, messageId: string, now: number): boolean {
  switch (progress?.state) {
    case undefined:
      return true;
    case 'told':
      return false;
    case 'refused':
      return progress.messageId !== messageId;
    case 'failed':
      return progress.notBefore === undefined || Date.parse(progress.notBefore) <= now;
  }
}

export function toProgress(delivery: Delivery, messageId: string, now: number): Progress {
  const at = new Date(now).toISOString();
  switch (delivery.outcome) {
    case 'told':
      return { state: 'told', at };
    case 'refused':
      return { state: 'refused', at, why: delivery.why, messageId };
    case 'failed': {
      const { why, retryAfterMs } = delivery;
      const notBefore =
        retryAfterMs !== undefined && new Date(now + Math.min(retryAfterMs, MAX_PAUSE_MS)).toISOString();
      return { state: 'failed', at, why, ...(notBefore && { notBefore }) };
    }
  }
}
