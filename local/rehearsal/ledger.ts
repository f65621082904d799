import { type DeliveryRecord, deliveryRecordKind } from '#lib/journal/delivery-record';
import { type ShownRemediation, show } from '#lib/ledger/listing/shown';
import { parseOne } from '#lib/ledger/read-many';
import { type Remediation, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import type { Table } from './cloud/table.ts';
import type { Process } from './engine/process.ts';

/** Reads a table at one moment of the virtual time: it takes none. */
export function readingStore(table: Table): Store {
  const reader: Process = {
    name: 'reader',
    isAlive: () => true,
    run: async ({ effect }) => effect(),
    wake: () => () => {},
    nextKey: (label) => label,
    kill: () => {},
    end: () => {},
  };
  return table.storeOf(reader);
}

/** Every remediation in the order of acceptance. */
export function remediationsIn(table: Table): Remediation[] {
  const found = table.documents().flatMap((document) => {
    if (!document.pk.startsWith('remediation#') || document.sk !== '-') return [];
    const read = parseOne(remediationKind, document);
    return 'value' in read ? [read.value] : [];
  });
  return found.sort((a, b) =>
    a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.id < b.id ? -1 : 1,
  );
}

/** Every remediation as people see it, with its receipts, in the order of acceptance. */
export async function shownRemediations(table: Table): Promise<ShownRemediation[]> {
  const store = readingStore(table);
  const shown: ShownRemediation[] = [];
  for (const remediation of remediationsIn(table)) shown.push(await show(store, remediation));
  return shown;
}

/** Every delivery in the journal, with the outcome of each alert, in the order of time. */
export function deliveriesIn(table: Table): DeliveryRecord[] {
  const found = table.documents().flatMap((document) => {
    if (!document.pk.startsWith('deliveries#')) return [];
    const read = parseOne(deliveryRecordKind, document);
    return 'value' in read ? [{ sk: document.sk, value: read.value }] : [];
  });
  return found.sort((a, b) => (a.sk < b.sk ? -1 : 1)).map(({ value }) => value);
}
