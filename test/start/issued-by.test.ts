import { expect, it } from 'vitest';
import type { Remediation } from '#local/client/ledger';
import { issuedBy } from '#local/send/issued-by';

const remediation = (id: string, source: string): Remediation => ({
  id,
  state: 'submitting',
  action: 'update-nodes',
  nodes: ['n1'],
  parameters: {},
  reason: { source },
  updatedAt: '2026-11-20T10:00:00.000Z',
  receipts: [],
});
const old = remediation('old', 'tag-policy');

/** The ids that are found where what was begun is over after so many looks, and the ledger, newest first, is so then. */
async function found(ledger: readonly Remediation[], overAfter: number) {
  let looks = 0;
  let asked = 0;
  let now = 0;
  const ids = await issuedBy(async () => {}, {
    ledger: { newest: async () => [...(asked++ === 0 ? [old] : ledger)] },
    clock: {
      now: () => now,
      async sleep(durationMs) {
        now += durationMs;
      },
    },
    signal: new AbortController().signal,
    isOver: async () => looks++ >= overAfter,
  });
  return { ids, waitedMs: now };
}

const first = remediation('first', 'tag-policy');
const second = remediation('second', 'tag-policy');
const other = remediation('other', 'operator');

it('are those that are new and come from a tag policy, once their message has been dealt with', async () => {
  const ledger = [second, other, first, old];
  expect(await found(ledger, 0)).toEqual({ ids: ['first', 'second'], waitedMs: 0 });
  expect(await found(ledger, 60)).toEqual({ ids: ['first', 'second'], waitedMs: 30_000 });
});

it('are what there is when it is never dealt with', async () => {
  expect(await found([old], Number.POSITIVE_INFINITY)).toEqual({ ids: [], waitedMs: 120_000 });
});
