import { expect, test } from 'vitest';
import { sourceFiles } from './source-files.ts';

/** The readers of receipts, with their purpose. None of them decides anything by a receipt. */
const READERS = [
  'lib/ledger/listing/shown.ts', // shows them to a person
  'lib/remediation/escalation/escalate.ts', // quotes a guard to a person
];

/** Reading them is asynchronous, and a remediation does not have them: the type check sees to the rest. */
const READING = /\breadReceipts\(/;
const DECLARED_IN = 'lib/ledger/listing/read-receipts.ts';

test('nothing is decided by the receipts of a remediation: fields of it say the same to the code', () => {
  const files = sourceFiles('functions', 'events', 'lib');
  const readers = files.filter(({ file, text }) => file !== DECLARED_IN && READING.test(text));
  expect(readers.map(({ file }) => file).toSorted()).toEqual(READERS.toSorted());
  const finders = files.filter(({ text }) => /\bitemsIn\(/.test(text)).map(({ file }) => file);
  expect(finders.toSorted()).toEqual([DECLARED_IN, 'lib/ledger/receipts/receipt-chain.ts']);
});
