import { expect, test } from 'vitest';
import type { ReceivedAlert } from '#lib/alerts/sources/source';
import { EventsQuery, listEvents } from '#lib/journal/list-events';
import { readDocument } from '#lib/ledger/change';
import { remediationKey, remediationKind } from '#lib/ledger/remediation';
import { receiveNew } from '#lib/receiving/receive-new';
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
  prom-a: { pools: [train-a] }
`;

type Bench = ReturnType<typeof createBench>;

function createReach() {
  const bench = createBench(RULES);
  return {
    bench,
    send: (sender: string, alert: ReceivedAlert) =>
      receiveNew(
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

test('a limited sender ends no alert of another sender, with any labels', async () => {
  const { bench, send } = createReach();
  await send('team-a', about('train-a'));
  const before = ofTeamA(bench);
  for (const pool of ['train-a', 'train-b', 'none']) {
    const over = about(pool, { status: 'resolved', endsAt: new Date(bench.now()).toISOString() });
    expect(await send('team-b', over)).toMatchObject({ remediations: [], ignored: [{ alert: 'f1' }] });
    expect(await send('team-b', about(pool, { status: 'resolved', lost: 'MissingSeries' }))).toMatchObject({
      remediations: [],
    });
    await send('team-b', about(pool));
  }
  expect(ofTeamA(bench)).toBe(before);
});

test('a limited sender hides no alert that is yet to come from another sender', async () => {
  const { bench, send } = createReach();
  for (const pool of ['train-b', 'none'])
    await send('team-b', about(pool, { status: 'resolved', endsAt: new Date(bench.now()).toISOString() }));
  await send('team-b', about(OTHER));
  for (const sender of ['team-a', 'prom-a'])
    expect((await send(sender, about('train-a'))).remediations).toHaveLength(1);
  expect(bench.queues.commands).toHaveLength(3);
  expect(ofTeamA(bench)).toContain('"episodes":[{');
  expect(ofTeamA(bench)).not.toContain('closing');
});

test('a limited sender ends its own alerts, and is answered with its own fingerprints', async () => {
  const { bench, send } = createReach();
  const long = 'f'.repeat(200);
  for (const fingerprint of ['f1', 'constructor', long]) {
    const alert = about('train-b', { fingerprint });
    const [opened] = (await send('team-b', alert)).remediations;
    await send('team-b', { ...alert, status: 'resolved', endsAt: new Date(bench.now()).toISOString() });
    const { ignored } = await send('team-b', alert);
    const remediation = await readDocument(bench.store, remediationKind, remediationKey(opened?.id ?? ''));
    expect(Object.keys(remediation?.resolvedAlerts ?? {})).toHaveLength(1);
    expect(ignored.every(({ alert: name }) => name === fingerprint)).toBe(true);
    const { events } = await listEvents(bench.store, EventsQuery.parse({ fingerprint }), bench.now());
    expect(events.flatMap(({ alerts }) => alerts.map(({ alert: name }) => name))).toContain(fingerprint);
  }
  // A remediation keeps hundreds of these names.
  const keys = bench.store.documents().flatMap(({ pk }) => (pk.startsWith('alert#') ? [pk] : []));
  expect(keys).toHaveLength(3);
  for (const key of keys) expect(key.length).toBeLessThan(200);
});

test('a limited sender uses up no message id of another sender', async () => {
  const { bench, send } = createReach();
  const messageId = '7';
  expect((await send('team-b', about(OTHER, { messageId }))).remediations).toHaveLength(1);
  expect((await send('team-b', about(OTHER, { messageId }))).remediations).toHaveLength(0);
  expect((await send('team-a', about('train-a', { messageId }))).remediations).toHaveLength(1);
  expect((await send('prom-a', about('train-a', { messageId }))).remediations).toHaveLength(1);
  expect((await send('prom-a', about('train-a', { messageId }))).remediations).toHaveLength(0);
  expect(bench.queues.commands).toHaveLength(3);
});

/** The ledger's record of the alert from a sender without a limit. */
function ofTeamA({ store }: Bench): string {
  return JSON.stringify(store.documents().filter(({ pk }) => pk === 'alert#alertmanager#f1'));
}
