import { type DeliveryRecord, deliveryRecordKind } from '#lib/journal/delivery-record';
import { type ShownRemediation, show } from '#lib/ledger/listing/shown';
import { parseOne } from '#lib/ledger/read-many';
import { type Remediation, remediationKind } from '#lib/ledger/remediation';
import type { Document, Store } from '#lib/ledger/store';
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

/** The remediation in a document of the table; undefined if it is another document, or cannot be read. */
export function remediationOf(document: Document | undefined): Remediation | undefined {
  if (!document?.pk.startsWith('remediation#') || document.sk !== '-') return undefined;
  const read = parseOne(remediationKind, document);
  return 'value' in read ? read.value : undefined;
}

/** Every remediation in the order of acceptance. */
export function remediationsIn(table: Table): Remediation[] {
  const found = table.documents().flatMap((document) => remediationOf(document) ?? []);
  return found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ createdAt, id }: Remediation): string {
  return `${createdAt}#${id}`;
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
