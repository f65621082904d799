import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertsOfPlannedEvents } from '#lib/alerts/sources/scheduled-events';
import { PLANNED_STATES, PlannedEvent, PlannedEventPage } from '#lib/modelarts/replies/planned-event';
import { readScheduledEvents } from '#lib/receiving/read-scheduled-events';
import { createBench, nodeName, POOL } from '#test/remediation/bench';
import { diesOverSteps } from './dies-over-steps.ts';

const NODE = nodeName(1);
const NOW = Date.parse('2026-11-20T10:00:00Z');
const MINUTE = 60_000;
const OTHER = 'pool-77aa-6f5da086876d4cd084d36f8bd3346036';

const event = (more: Record<string, unknown> = {}) => ({
  id: 'ev-1',
  catalog: 'hardware',
  type: 'node_redeploy',
  description: 'a fan',
  state: 'inquiring',
  instanceType: 'standard',
  nodeName: NODE,
  poolName: POOL,
  publishTime: '2026-11-20T09:00:00Z',
  redeployType: ['HARD', 'SOFT'],
  ...more,
});

const alertsIn = (...events: Record<string, unknown>[]) =>
  alertsOfPlannedEvents({ items: events.map((one) => PlannedEvent.parse(one)), unreadable: [] }, POOL, NOW);
const shortOf = (...events: Record<string, unknown>[]) =>
  alertsIn(...events).alerts.map(({ status, labels }) => `${status} ${labels['state']}`);

describe('planned maintenance as alerts', () => {
  test('has its node, its pool, its type and its state', () => {
    const [alert] = alertsIn(event()).alerts;
    expect(alert).toMatchObject({
      source: 'scheduled-event',
      status: 'firing',
      event: 'node_redeploy',
      startsAt: '2026-11-20T09:00:00.000Z',
      labels: { state: 'inquiring', event_id: 'ev-1', node: NODE, pool: POOL, redeploy_type: 'HARD,SOFT' },
      annotations: { description: 'a fan' },
    });
  });

  test.each(['+020000-01-01T00:00:00Z', '-000001-01-01T00:00:00Z', 'soon', '7'])(
    'begins when it is received if its time is %s',
    (publishTime) => {
      expect(alertsIn(event({ publishTime })).alerts[0]?.startsAt).toBe('0001-01-01T00:00:00.000Z');
    },
  );

  test.each<[state: string, alerts: string[], more?: object]>([
    ['inquiring', ['firing inquiring']],
    ['scheduled', ['firing scheduled', 'resolved inquiring']],
    ['executing', ['firing executing', 'resolved inquiring', 'resolved scheduled']],
    ['completed', ['resolved inquiring', 'resolved scheduled', 'resolved executing']],
    ['canceled', ['resolved inquiring', 'resolved scheduled', 'resolved executing']],
    ['failed', ['firing failed', 'resolved inquiring', 'resolved scheduled', 'resolved executing']],
    [
      'failed',
      ['resolved inquiring', 'resolved scheduled', 'resolved executing'],
      { finishTime: '2026-11-18T10:00:00Z' },
    ],
    ['completed', [], { finishTime: '2026-11-10T10:00:00Z' }],
  ])('in the state %s: %j', (state, alerts, more = {}) => {
    expect(shortOf(event({ state, ...more }))).toEqual(alerts);
  });

  test('in a state that no page names is no alert, and is said to be unreadable', () => {
    expect(alertsIn(event({ state: 'paused' }))).toMatchObject({
      alerts: [],
      unreadable: [{ alert: 'ev-1', why: 'the state "paused" of the scheduled event is not known' }],
    });
  });

  test('fires in one state at most, with any other fields in its answer', () => {
    const field = fc.oneof(fc.constant(undefined), fc.constant(null), fc.string(), fc.integer());
    const answer = fc.record({
      state: fc.constantFrom(...PLANNED_STATES),
      publishTime: field,
      finishTime: field,
      nodeName: field,
      type: field,
      redeployType: field,
    });
    fc.assert(
      fc.property(answer, (odd) => {
        const { events } = PlannedEventPage.parse({ events: [{ id: 'ev-1', ...odd }], count: 1 });
        const { alerts } = alertsOfPlannedEvents({ items: events, unreadable: [] }, POOL, NOW);
        const firing = alerts.filter(({ status }) => status === 'firing');
        expect(firing.length).toBeLessThanOrEqual(1);
        for (const { labels } of firing) expect(labels['state']).toBe(odd.state);
      }),
    );
  });

  test('without a list of events is no empty list', () => {
    expect(PlannedEventPage.safeParse({ count: 0 }).success).toBe(false);
    expect(PlannedEventPage.safeParse({ events: null }).success).toBe(false);
  });
});

const DRAIN = `
  - name: planned
    when: { source: scheduled-event, event: node_redeploy, labels: { state: [inquiring, scheduled, executing] } }
    node: { from: labels.node }
    pool: train-a
    mode: act
    ladder: [ { update-nodes: { action: openHaRedundant } }, { notify: {} } ]
    onResolved: [ { update-nodes: { action: closeHaRedundant } } ]`;

/** Poolkeeper with an API that has these events. */
function createReader(rules: string, events: Record<string, unknown>[]) {
  const bench = createBench(`
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
  other: { id: ${OTHER} }
rules:${rules}
`);
  for (const node of bench.nodes.values()) node.phase = 'Available';
  const asked: unknown[] = [];
  const api = { events };
  const modelarts = () =>
    ({
      close: () => Promise.resolve(),
      send(endpoint: { name: string }, { query }: any) {
        asked.push([endpoint.name, query.poolName]);
        return Promise.resolve(
          PlannedEventPage.parse({
            events: api.events.slice(query.offset, query.offset + query.limit),
            count: api.events.length,
          }),
        );
      },
    }) as any;
  const read = () =>
    readScheduledEvents(
      { time: new Date(bench.now()).toISOString() },
      { ...bench.services, modelarts },
      bench.invocation(),
    );
  return { bench, api, asked, read };
}

describe('reading', () => {
  test('asks for nothing unless a rule is about scheduled events', async () => {
    const { asked, read } = createReader(
      '\n  - { name: any, node: { from: labels.node }, pool: train-a, mode: act, ladder: [ { reset-nodes: {} } ] }',
      [event()],
    );
    await read();
    expect(asked).toEqual([]);
  });

  test('asks only about the pools of such rules, and passes over events that name another pool', async () => {
    const { bench, asked, read } = createReader(DRAIN, [event({ poolName: OTHER })]);
    await read();
    expect(asked).toEqual([['listScheduledEvents', POOL]]);
    expect(bench.remediations()).toEqual([]);
  });

  test('gives an event of one pool to no rule about another', async () => {
    const elsewhere = DRAIN.replace('name: planned', 'name: elsewhere').replace('train-a', 'other');
    const { bench, api, read } = createReader(`${elsewhere}${DRAIN}`, [event()]);
    await read();
    expect(bench.remediations()).toMatchObject([{ rule: 'planned', pool: POOL }]);
    api.events = [event({ id: 'ev-2', poolName: OTHER })];
    await read();
    expect(bench.remediations().map(({ rule, pool }) => [rule, pool])).toContainEqual(['elsewhere', OTHER]);
  });

  test('reads every page', async () => {
    const events = Array.from({ length: 250 }, (_, index) =>
      event({ id: `ev-${index}`, state: 'completed' }),
    );
    const { asked, read } = createReader(DRAIN, [...events, event({ id: 'last' })]);
    await read();
    expect(asked).toHaveLength(3);
  });

  test('drains the node of an event that waits for an authorization, once', async () => {
    const { bench, read } = createReader(DRAIN, [event()]);
    await read();
    await read();
    await bench.advance(5 * MINUTE);
    expect(bench.bodies('batchUpdateNodes')).toEqual([{ nodeNames: [NODE], action: 'openHaRedundant' }]);
    expect(bench.remediations()).toMatchObject([{ rule: 'planned', state: 'succeeded' }]);
  });

  test('hands an event to a person if it still waits after the node was drained', async () => {
    const { bench, read } = createReader(DRAIN, [event()]);
    await read();
    await bench.advance(20 * MINUTE);
    await read();
    expect(bench.remediations().map(({ action, state }) => [action, state])).toEqual([
      ['update-nodes', 'escalated'],
      ['notify', 'needs-human'],
    ]);
  });

  test('returns the node once the maintenance is over, and not before', async () => {
    const { bench, api, read } = createReader(DRAIN, [event()]);
    await read();
    await bench.advance(MINUTE);
    for (const state of ['scheduled', 'executing']) {
      api.events = [event({ state })];
      await read();
      await bench.advance(MINUTE);
      expect(bench.bodies('batchUpdateNodes')).toHaveLength(1);
    }
    api.events = [event({ state: 'completed', finishTime: new Date(bench.now()).toISOString() })];
    await read();
    await bench.advance(2 * MINUTE);
    expect(bench.bodies('batchUpdateNodes').map(({ action }) => action)).toEqual([
      'openHaRedundant',
      'closeHaRedundant',
    ]);
  });

  test('returns the node though the process that read the end had died before it came to that', async () => {
    const { bench, api, read } = createReader(DRAIN, [event()]);
    await read();
    await bench.advance(MINUTE);
    api.events = [event({ state: 'completed', finishTime: new Date(bench.now()).toISOString() })];
    diesOverSteps(bench.store);
    await expect(read()).rejects.toThrow('could not be taken in');
    await bench.advance(MINUTE);
    await read();
    await bench.advance(2 * MINUTE);
    expect(bench.bodies('batchUpdateNodes').map(({ action }) => action)).toEqual([
      'openHaRedundant',
      'closeHaRedundant',
    ]);
  });

  test('forgets an event an hour after its end was taken in', async () => {
    const { bench, api, read } = createReader(DRAIN, [event()]);
    await read();
    api.events = [event({ state: 'completed' })];
    await read();
    for (let quarter = 1; quarter <= 4; quarter += 1) {
      await bench.advance(15 * MINUTE + 1_000, MINUTE);
      await read();
    }
    const before = bench.store.documents().length;
    await read();
    expect(bench.store.documents()).toHaveLength(before);
  });

  test('writes nothing about an event that ended before it was ever read', async () => {
    const { bench, read } = createReader(DRAIN, [event({ state: 'completed' })]);
    const before = bench.store.documents().length;
    await read();
    expect(bench.store.documents()).toHaveLength(before);
  });
});
