import type { JournalAlert } from '#lib/journal/delivery-record';
import { type DeliveryHead, recordDelivery } from '#lib/journal/record-delivery';
import type { Store } from '#lib/ledger/store';

/** Keeps what becomes of a delivery, and writes it down as it goes on. */
export type Journal = {
  /** Notes what became of alerts; written at once where there are many. */
  note(alerts: readonly JournalAlert[]): Promise<void>;
  /** Writes down the rest, and what the delivery is answered. */
  end(status: number, why?: string): Promise<void>;
};

/** So many alerts are one part of the journal. The last part is written at the end. */
const PART = 100;

export function createJournal(store: Store, head: DeliveryHead): Journal {
  let pending: JournalAlert[] = [];
  let part = 0;
  return {
    async note(alerts) {
      pending = [...pending, ...alerts];
      while (pending.length > PART) {
        part = await recordDelivery(store, head, part, pending.slice(0, PART));
        pending = pending.slice(PART);
      }
    },
    async end(status, why) {
      await recordDelivery(store, head, part, pending, { status, ...(why !== undefined && { why }) });
    },
  };
}
