import { expect, it } from 'vitest';
import { issuedByTagPolicies } from '#local/story/issued-by-tag-policies';
import type { Remediation } from '#local/story/ledger';

const remediation = (id: string, source: string): Remediation => ({
  id,
  state: 'submitting',
  action: 'update-nodes',
  nodes: ['n1'],
  parameters: {},
  reason: { source },
  receipts: [],
});
const old = remediation('old', 'tag-policy');

/** The ids that are found where the ledger, newest first, looks like this at each look after the run. */
async function found(looks: readonly Remediation[][], answers: boolean) {
  let looked = -1;
  let now = 0;
  const ids = await issuedByTagPolicies(async () => {}, {
    ledger: { newest: async () => (looked++ < 0 ? [old] : (looks[looked - 1] ?? looks.at(-1) ?? [])) },
    clock: {
      now: () => now,
      async sleep(durationMs) {
        now += durationMs;
      },
    },
    signal: new AbortController().signal,
    answers,
  });
  return { ids, waitedMs: now };
}

const first = remediation('first', 'tag-policy');
const second = remediation('second', 'tag-policy');

it('are those that are new and come from a tag policy, once no more of them come', async () => {
  const other = remediation('other', 'operator');
  const looks = [[old], [other, first, old], [second, other, first, old]];
  expect((await found(looks, false)).ids).toEqual(['first', 'second']);
});

it('are none when nothing comes within seconds, and at once where everything has been said', async () => {
  expect(await found([[old]], false)).toEqual({ ids: [], waitedMs: 10_000 });
  expect(await found([[old], [first, old]], true)).toEqual({ ids: [], waitedMs: 0 });
  expect(await found([[second, first, old]], true)).toEqual({ ids: ['first', 'second'], waitedMs: 0 });
});
