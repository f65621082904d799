import type { JournalAlert } from '#lib/journal/delivery-record';
import { type DeliveryHead, recordDelivery } from '#lib/journal/record-delivery';
import type { Store } from '#lib/ledger/store';
import type { Logger } from '#lib/log';

/** Records the outcome of each alert of a delivery, and logs each alert without effect. */
export type Journal = {
  /** Takes outcomes of alerts. It writes full parts at once. */
  note(alerts: readonly JournalAlert[]): Promise<void>;
  /** Writes the rest, with the answer to the delivery. */
  end(status: number, why?: string): Promise<void>;
};

/** The number of alerts in a part of the journal. The last part has the rest. */
const PART = 100;

export function createJournal(store: Store, head: DeliveryHead, log: Logger): Journal {
  let pending: JournalAlert[] = [];
  let part = 0;

  async function write(alerts: readonly JournalAlert[], ending?: { status: number; why?: string }) {
    part = await recordDelivery(store, head, part, alerts, ending);
    for (const alert of alerts) logIgnored(alert, head, log);
  }

  return {
    async note(alerts) {
      const all = [...pending, ...alerts];
      let written = 0;
      try {
        // The last part is never empty, as the answer to the delivery goes with it.
        for (; all.length - written > PART; written += PART) {
          await write(all.slice(written, written + PART));
        }
      } finally {
        pending = all.slice(written);
      }
    },
    async end(status, why) {
      await write(pending, { status, ...(why !== undefined && { why }) });
    },
  };
}

/** One line for each alert without effect, so that the log alone answers why nothing happened to a node. */
function logIgnored(
  { alert, status, named, rule, pool, ignored }: JournalAlert,
  { id, source, sender }: DeliveryHead,
  log: Logger,
): void {
  if (ignored === undefined) return;
  log.info('an alert has no effect', {
    alert,
    status,
    why: ignored,
    source,
    sender,
    delivery: id,
    node: named,
    rule,
    pool,
  });
}
