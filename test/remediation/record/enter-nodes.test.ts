import { expect, test } from 'vitest';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { nodeHistoryKey, nodeHistoryKind } from '#lib/ledger/node-record';
import { readMany } from '#lib/ledger/read-many';
import type { Remediation } from '#lib/ledger/remediation';
import { enterBearer } from '#lib/remediation/record/enter-bearer';
import { enterNodes } from '#lib/remediation/record/enter-nodes';

const CREATED_AT = '2026-11-20T10:00:00.000Z';

test.each([
  '10.0.0.1',
  'fd00::1',
  '3f0a6c1e-9a44-4d0c-8f0e-5a4c1e7b2d90',
  '3F0A6C1E-9A44-4D0C-8F0E-5A4C1E7B2D90',
])('the history of %s keeps the node that bears it, though the same delivery comes again', async (node) => {
  const store = createMemoryStore();
  const remediation = { id: 'r-1', createdAt: CREATED_AT, nodes: [node] } as unknown as Remediation;
  await enterNodes(store, [remediation], () => false);
  await enterBearer(store, remediation, { address: node, node: 'node-1' });
  await enterNodes(store, [remediation], () => false);
  const { values } = await readMany(store, nodeHistoryKind, [nodeHistoryKey(node, CREATED_AT, 'r-1')]);
  expect(values).toEqual([{ remediation: 'r-1', bearers: ['node-1'] }]);
});
