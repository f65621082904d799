import type { Notice } from '#events/notice';
import { contentId } from '#lib/hash';
import type { Entry } from '#lib/remediation/record/outbox';

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
        notice.pool ?? null,
        notice.incident,
        notice.at,
        ...(notice.about === undefined ? [] : [notice.about]),
        ...(notice.recipient === undefined ? [] : [notice.recipient]),
      ]);
  }
}
