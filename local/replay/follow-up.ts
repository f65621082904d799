import type { ReceivedAlert } from '#lib/alerts/sources/source';
import { approve } from '#lib/console/approval';
import { HttpProblem } from '#lib/handler/problem';
import { remediationOf } from '#local/rehearsal/ledger';
import type { Rehearsal } from '#local/rehearsal/rehearsal';
import { REPAIRS } from './course-of-calls.ts';

const MINUTE_MS = 60_000;

/** One firing of an alert, from its beginning to its end. */
export function episodeOf({
  fingerprint,
  startsAt,
}: Pick<ReceivedAlert, 'fingerprint' | 'startsAt'>): string {
  return `${fingerprint} ${startsAt}`;
}

/** The episodes that a repair has ended. A minute after the success, the alert resolves. */
export function followRepairs(
  rehearsal: Rehearsal,
  sources: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const over = new Set<string>();
  const { table, scheduler } = rehearsal;
  table.onWrite(({ document, atMs }) => {
    if (document['state'] !== 'succeeded' || !document.pk.startsWith('remediation#') || document.sk !== '-')
      return;
    scheduler.at(atMs, () => {
      const found = remediationOf(document);
      if (!found || !REPAIRS.includes(found.action)) return;
      for (const { fingerprint, startsAt } of found.alerts) {
        const key = episodeOf({ fingerprint, startsAt });
        const source = sources.get(key) ?? 'alertmanager';
        if (over.has(key)) continue;
        over.add(key);
        const endsMs = atMs + MINUTE_MS;
        const labels: Record<string, string> = {};
        const alert: ReceivedAlert = {
          source,
          status: 'resolved',
          fingerprint,
          startsAt,
          endsAt: new Date(endsMs).toISOString(),
          labels,
          annotations: {},
        };
        scheduler.at(
          endsMs,
          () => void rehearsal.deliver({ source, bytes: 0, truncated: 0, unreadable: [], alerts: [alert] }),
        );
      }
    });
  });
  return over;
}

/** Approves each plan after a while. */
export function followPlans({ table, scheduler, invoke }: Rehearsal, afterMs: number): void {
  table.onWrite(({ document, atMs }) => {
    if (document['state'] !== 'awaiting-approval' || document.sk !== '-') return;
    scheduler.at(atMs + afterMs, () => {
      const found = remediationOf(table.get(document.pk));
      if (found?.phase !== 'planned') return;
      const {
        id,
        plan: { hash },
      } = found;
      void invoke('console', MINUTE_MS, async (services) => {
        try {
          await approve(id, { hash, by: 'the replay' }, services);
        } catch (error) {
          if (!(error instanceof HttpProblem)) throw error;
        }
      });
    });
  });
}
