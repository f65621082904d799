import { expect, test } from 'vitest';
import { sourceFiles } from './source-files.ts';

/** Where receipts of a remediation are read, and what for. None of them decides by what it reads. */
const READERS = [
  'lib/remediation/lifecycle/move.ts', // adds to them
  'lib/remediation/escalation/escalation-report.ts', // quotes a guard to a person
  'lib/notify/body.ts', // leaves them out of a notice
];

const READING = /\b(?!ladder|more)\w+\.receipts\b|\breceipts\b[^}\n]*\}: [^\n]*Remediation\b/;

test('nothing is decided by the receipts of a remediation: fields of it say the same to the code', () => {
  const files = sourceFiles('functions', 'events', 'lib');
  const readers = files.filter(({ text }) => READING.test(text)).map(({ file }) => file);
  expect(readers.toSorted()).toEqual(READERS.toSorted());
});
