import { excerpt } from '#lib/bounds';
import type { Delivery, PassedOver, ReceivedAlert } from '../source.ts';

const MAX_WHY = 500;
const MAX_NAME = 200;

/** The result of reading one report: an alert, the reason why nothing can be read, or the reason why it is no alert. */
export type Report =
  | { kind: 'alert'; alert: ReceivedAlert }
  | { kind: 'unreadable'; why: string; name?: string | undefined }
  | { kind: 'other'; why: string; name?: string | undefined; labels?: PassedOver['labels'] };

/** Reports of one delivery, each read by itself: a bad one does not harm its neighbours. */
export function gather(
  source: string,
  bytes: number,
  reports: readonly Report[],
): Delivery & { passedOver: PassedOver[] } {
  const delivery: Delivery & { passedOver: PassedOver[] } = {
    source,
    bytes,
    truncated: 0,
    alerts: [],
    unreadable: [],
    passedOver: [],
  };
  for (const [index, report] of reports.entries()) {
    if (report.kind === 'alert') {
      delivery.alerts.push(report.alert);
      continue;
    }
    const { name = `events[${index}]`, why } = report;
    const entry = { alert: excerpt(name, MAX_NAME), why: excerpt(why, MAX_WHY) };
    if (report.kind === 'unreadable') delivery.unreadable.push(entry);
    else delivery.passedOver.push({ ...entry, ...(report.labels && { labels: report.labels }) });
  }
  return delivery;
}
