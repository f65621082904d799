import { expect, test } from 'vitest';
import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { Table } from '#local/rehearsal/cloud/table';
import { isSettled } from './settled.ts';

const deployment = {
  rulesNow: () => ({ notify: [] }),
  deadLetters: new Map([['notify', { messages: () => [] }]]),
} as unknown as Deployment;

test.each([
  [{ action: 'notify', state: 'escalated' }, false],
  [{ action: 'notify', state: 'escalated', noticeSentAt: '2026-11-20T10:00:00.000Z' }, true],
  [{ action: 'notify', state: 'observed', receipts: [{ step: 'guard' }] }, true],
  [{ action: 'reset-nodes', state: 'escalated' }, true],
])('a world with the remediation %j may end: %s', (remediation, mayEnd) => {
  const value = { id: 'r-1', receipts: [], createdAt: '2026-11-20T10:00:00.000Z', ...remediation };
  const table = { documents: () => [{ pk: 'remediation#r-1', sk: 'x', value }] } as unknown as Table;
  expect(isSettled(table, deployment, 0)).toBe(mayEnd);
});
