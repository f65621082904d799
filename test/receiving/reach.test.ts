import { expect, test } from 'vitest';
import type { ReceivedAlert } from '#lib/alerts/sources/source';
import { receive } from '#lib/receiving/receive';
import { createBench, firing, POOL } from '#test/remediation/bench';

const OTHER = 'pool-of-another-team';
const RULES = `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
  train-b: { id: ${OTHER}, budget: { maxUnavailable: 100%, perDay: 100% } }
rules:
  - name: lost
    when: { labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: { from: labels.pool }
    mode: act
    ladder: [ { reset-nodes: {} } ]
senders:
  team-b: { pools: [train-b] }
`;

function createReach() {
  const bench = createBench(RULES);
  return {
    bench,
    send: (sender: string, alert: ReceivedAlert) =>
      receive(
        { source: 'alertmanager', sender, bytes: 1, truncated: 0, alerts: [alert], unreadable: [] },
        bench.services,
        bench.invocation(),
      ),
  };
}

const about = (pool: string, more: Partial<ReceivedAlert> = {}): ReceivedAlert => {
  const alert = firing('node-1', { fingerprint: 'f1' });
  return { ...alert, labels: { ...alert.labels, alertname: 'CardLost', pool }, ...more };
};
const why = expect.stringContaining('allows team-b only train-b, and the alert is about train-a');

test('a limited sender reaches its own pools, by name and by id, and no other', async () => {
  const { bench, send } = createReach();
  for (const pool of ['train-a', POOL]) {
    expect(await send('team-b', about(pool))).toEqual({
      remediations: [],
      ignored: [{ alert: 'f1', why }],
    });
  }
  expect(bench.store.documents().some(({ pk }) => /^(?:alert|remediation)#/.test(pk))).toBe(false);
  expect((await send('team-b', about(OTHER))).remediations).toHaveLength(1);
  expect((await send('team-a', about('train-a', { fingerprint: 'f2' }))).remediations).toHaveLength(1);
});

test('a limited sender ends no alert of another pool, whatever its labels say', async () => {
  const { bench, send } = createReach();
  await send('team-a', about('train-a'));
  const before = JSON.stringify(bench.store.documents().filter(({ pk }) => pk.startsWith('alert#')));
  for (const pool of ['train-a', 'train-b', 'none']) {
    const over = about(pool, { status: 'resolved', endsAt: new Date(bench.now()).toISOString() });
    expect(await send('team-b', over)).toMatchObject({ ignored: [{ why }] });
    expect(await send('team-b', about(pool))).toMatchObject({ remediations: [], ignored: [{ why }] });
  }
  const after = bench.store.documents().filter(({ pk }) => pk.startsWith('alert#'));
  expect(JSON.stringify(after)).toBe(before);
});
