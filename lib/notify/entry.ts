import type { Notice } from '#events/notice';
import { contentId } from '#lib/hash';
import type { Remediation } from '#lib/ledger/remediation';

/** One entry of a remediation into a state: it may come into the same one several times. */
export type Entry = Pick<NonNullable<Remediation['notified']>[number], 'state' | 'since'>;

/** The entry into the state in which a remediation is. */
export function entryOf({
  state,
  stateSince,
  createdAt,
}: Pick<Remediation, 'state' | 'stateSince' | 'createdAt'>): Entry {
  return { state, since: stateSince ?? createdAt };
}

/** Whether all who want it have been told of an entry. */
export function isNotified(
  { notified = [] }: Pick<Remediation, 'notified'>,
  { state, since }: Entry,
): boolean {
  return notified.some((one) => one.state === state && one.since === since);
}

/** A notice of which nothing is left open. */
export type DatedNotice =
  | Exclude<Notice, { kind: 'remediation' }>
  | ({ kind: 'remediation'; id: string } & Entry);

/** What a notice is known by, however often it is sent. */
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
