import type { Notice } from '#events/notice';
import { contentId } from '#lib/hash';
import type { Remediation } from '#lib/ledger/remediation';

/** One entry of a remediation into a state. A remediation may enter the same state several times. */
export type Entry = Pick<NonNullable<Remediation['notified']>[number], 'state' | 'since'>;

/** The entry into a remediation's present state. */
export function entryOf({
  state,
  stateSince,
  createdAt,
}: Pick<Remediation, 'state' | 'stateSince' | 'createdAt'>): Entry {
  return { state, since: stateSince ?? createdAt };
}

/** Whether every recipient has the notice of an entry. */
export function isNotified(
  { notified = [] }: Pick<Remediation, 'notified'>,
  { state, since }: Entry,
): boolean {
  return notified.some((one) => one.state === state && one.since === since);
}

/** A notice without open recipients. */
export type DatedNotice =
  | Exclude<Notice, { kind: 'remediation' }>
  | ({ kind: 'remediation'; id: string } & Entry);

/** The identity of a notice, the same for every copy. */
export function noticeId(notice: DatedNotice): string {
  switch (notice.kind) {
    case 'remediation':
      return contentId(['notice', 'remediation', notice.id, notice.state, notice.since]);
    case 'rung':
      return contentId(['notice', 'rung', notice.id, notice.severity ?? null]);
    case 'incident':
      return contentId([
        'notice',
        'incident',
        notice.pool,
        notice.incident,
        notice.at,
        ...(notice.about === undefined ? [] : [notice.about]),
      ]);
  }
}
