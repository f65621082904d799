import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { DocumentKind } from '#lib/ledger/change';

const AT = '2026-11-20T10:00:00.000Z';
const TIMES = [
  'at',
  'createdAt',
  'updatedAt',
  'writtenAt',
  'firstTriedAt',
  'lastErrorAt',
  'lastAt',
  'since',
  'until',
];
const ROOT = path.resolve(import.meta.dirname, '../..');
const DAY_S = 24 * 3_600;

/** All kinds of documents in the table, by the names of their constants. */
async function kinds(): Promise<Map<string, DocumentKind<unknown>>> {
  const files = globSync('lib/{ledger,journal}/**/*.ts', { cwd: ROOT });
  const modules = await Promise.all(files.map((file) => import(path.join(ROOT, file))));
  return new Map(
    modules.flatMap((module) => Object.entries<any>(module)).filter(([name]) => name.endsWith('Kind')),
  );
}

test('each document leaves the table so many days after its last time', async () => {
  const value = { ...Object.fromEntries(TIMES.map((name) => [name, AT])), id: 'a', state: 'calling' };
  const days = [...(await kinds())].map(([name, { index }]) => {
    const { expiresAt } = index?.(value) ?? {};
    return [name, expiresAt === undefined ? 'stays' : (Number(expiresAt) - Date.parse(AT) / 1_000) / DAY_S];
  });
  expect(Object.fromEntries(days)).toEqual({
    // People look at these for more than a year.
    alertDocumentKind: 400,
    callKind: 400,
    gaugeRecordKind: 400,
    jobOwnerKind: 400,
    nodeTagsKind: 400,
    noticeRecordKind: 400,
    poolRecordKind: 400,
    remediationKind: 400,
    snapshotKind: 400,
    unreadableRecordKind: 400,
    deliveryRecordKind: 30,
    mentionKind: 30,
    rosterPartKind: 30,
    messageFailureKind: 7,
    threadRecordKind: 7,
    receivedMessageKind: 2,
    deliveryTriesKind: 1,
    waitingKind: 1,
    // There is one for each node, pool or recipient. The writer of a history says when its entry ends.
    digestRecordKind: 'stays',
    earlierAlertKind: 'stays',
    nodeHistoryKind: 'stays',
    nodeRecordKind: 'stays',
    poolTagPoliciesKind: 'stays',
    recipientRecordKind: 'stays',
  });
});
