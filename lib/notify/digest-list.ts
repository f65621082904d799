import { contentId } from '#lib/hash';
import { jsonBytes } from '#lib/json-bytes';
import type { ClosedList, DigestRecord } from '#lib/ledger/notices/digest-record';
import { type DatedNotice, noticeId } from './entry.ts';

/** The notices in one message. A list that has so many goes out early. */
const MAX_IN_LIST = 200;

/** Limit of all that waits for one recipient. It stays well below an item of DynamoDB. */
const MAX_BYTES = 256 * 1024;

/** A free text of a waiting notice. */
const MAX_WHY = 500;

/** The lists of a recipient, with the open one closed if it is due. `now`: epoch milliseconds. */
export function closeDue(record: DigestRecord, now: number): DigestRecord {
  const { open, ...rest } = record;
  return open && Date.parse(open.dueAt) <= now
    ? { ...rest, closed: [...rest.closed, closedList(open.notices)] }
    : record;
}

function closedList(notices: ClosedList['notices']): ClosedList {
  return { id: contentId(['digest', ...notices.map(noticeIdOf)]), notices };
}

/** A stored notice has the time of its entry. */
function noticeIdOf(notice: ClosedList['notices'][number]): string {
  return noticeId(notice.kind === 'remediation' ? { ...notice, since: notice.since ?? '' } : notice);
}

/**
 * Adds a notice to the open list of a recipient; a notice that is in a list already stays where it is.
 *
 * @param digestMs how long the list takes notices from the first on.
 * @returns the record, or the reason why there is no room.
 */
export function withNotice(
  before: DigestRecord | undefined,
  recipient: string,
  notice: DatedNotice,
  { digestMs, now }: { digestMs: number; now: number },
): DigestRecord | 'no room' {
  const record = closeDue(before ?? { recipient, closed: [] }, now);
  const id = noticeId(notice);
  const lists = [...record.closed, ...(record.open ? [record.open] : [])];
  if (lists.some(({ notices }) => notices.some((one) => noticeIdOf(one) === id))) return record;
  const { dueAt = new Date(now + digestMs).toISOString(), notices = [] } = record.open ?? {};
  const next = { ...record, open: { dueAt, notices: [...notices, shortened(notice)] } };
  if (jsonBytes(next) > MAX_BYTES) {
    // A refused list waits for a person. It may not keep the others from their place.
    const [refused] = record.closed.filter(({ refusedFor }) => refusedFor !== undefined);
    return refused
      ? withNotice(
          withClosed(record, refused.id, () => undefined),
          recipient,
          notice,
          { digestMs, now },
        )
      : 'no room';
  }
  // A full list is due at once.
  return next.open.notices.length < MAX_IN_LIST
    ? next
    : closeDue({ ...next, open: { ...next.open, dueAt: new Date(now).toISOString() } }, now);
}

function shortened(notice: DatedNotice): DatedNotice {
  return notice.kind === 'incident' ? { ...notice, why: notice.why.slice(0, MAX_WHY) } : notice;
}

/** The record with another state of one closed list. Undefined: the list is done. */
export function withClosed(
  record: DigestRecord,
  id: string,
  change: (list: ClosedList) => ClosedList | undefined,
): DigestRecord {
  return {
    ...record,
    closed: record.closed.flatMap((list) => (list.id === id ? (change(list) ?? []) : [list])),
  };
}
