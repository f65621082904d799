import { describe, expect, test } from 'vitest';
import { acceptEvent } from '#lib/actions/accept-event/definition';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { PlannedEventPage } from '#lib/modelarts/replies/planned-event';
import { readScheduledEvents } from '#lib/receiving/read-scheduled-events';
import { apiError, createBench, nodeName, POOL } from '#test/remediation/bench';
import { checkCall } from '#test/strict-modelarts/client';

const NODE = nodeName(1);
const MINUTE = 60_000;
const SOFT = '{ accept-event: { redeployConfig: { type: SOFT } } }';

const rulesWith = (ladder: string, more = '') => `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% }${more} }
rules:
  - name: planned
    when: { source: scheduled-event, labels: { state: inquiring } }
    node: { from: labels.node }
    pool: train-a
    mode: act
    ladder: [ ${ladder} ]
`;

/** Poolkeeper with an API that has planned maintenance of a node, and lets a test decide about the answers. */
function createMaintenance(ladder = SOFT, more = '') {
  const bench = createBench<any>(rulesWith(ladder, more), acceptEvent);
  for (const node of bench.nodes.values()) node.phase = 'Available';
  const first: Record<string, any> = {
    id: 'ev-1',
    type: 'node_redeploy',
    state: 'inquiring',
    nodeName: NODE,
    poolName: POOL,
    publishTime: '2026-11-20T09:59:00Z',
    redeployType: ['SOFT', 'HARD'],
  };
  const api = { events: [first], afterAccept: (): void => {}, accepted: [] as unknown[] };
  const plain = bench.services.modelarts();
  const client = {
    ...plain,
    async send(endpoint: any, input: any) {
      checkCall(endpoint, input);
      if (endpoint.name === 'listScheduledEvents')
        return PlannedEventPage.parse({ events: api.events, count: api.events.length });
      if (endpoint.name !== 'acceptScheduledEvent') return plain.send(endpoint, input);
      api.accepted.push({ ...input.path, ...input.body });
      api.events.find(({ id }) => id === input.path.event_id)!['state'] = 'scheduled';
      api.afterAccept();
      return undefined;
    },
  };
  Object.assign(bench.services, { modelarts: () => client });
  return {
    bench,
    api,
    event: first,
    read: () =>
      readScheduledEvents({ time: new Date(bench.now()).toISOString() }, bench.services, bench.invocation()),
    states: () => bench.remediations().map(({ action, state }) => [action, state]),
  };
}

describe('an event that waits for an authorization', () => {
  test('is accepted once, and followed to its end', async () => {
    const { bench, api, event, read, states } = createMaintenance();
    await read();
    await bench.advance(5 * MINUTE);
    expect(api.accepted).toEqual([{ event_id: 'ev-1', redeployConfig: { type: 'SOFT' } }]);
    expect(states()).toEqual([['accept-event', 'verifying']]);
    event['state'] = 'executing';
    await read();
    await bench.advance(60 * MINUTE, MINUTE);
    expect(states()).toEqual([['accept-event', 'verifying']]);
    event['state'] = 'completed';
    await bench.advance(5 * MINUTE);
    expect(states()).toEqual([['accept-event', 'succeeded']]);
    expect(api.accepted).toHaveLength(1);
  });

  test('that is canceled after it was accepted is no success', async () => {
    const { bench, event, read, states } = createMaintenance();
    await read();
    await bench.advance(5 * MINUTE);
    event['state'] = 'canceled';
    await bench.advance(5 * MINUTE);
    expect(states()).toEqual([['accept-event', 'needs-human']]);
  });

  test('is accepted after the node was drained, as the next rung', async () => {
    const { bench, api, read, states } = createMaintenance(
      `{ update-nodes: { action: openHaRedundant } }, ${SOFT}`,
    );
    await read();
    await bench.advance(10 * MINUTE);
    expect([states(), api.accepted]).toEqual([[['update-nodes', 'succeeded']], []]);
    await bench.advance(10 * MINUTE);
    await read();
    await bench.advance(5 * MINUTE);
    expect(bench.bodies('batchUpdateNodes')).toHaveLength(1);
    expect(api.accepted).toHaveLength(1);
  });

  test.each<[what: string, ladder: string, types: unknown]>([
    ['HARD', '{ accept-event: { redeployConfig: { type: HARD } } }', ['SOFT', 'HARD']],
    ['no kind, where HARD is offered', '{ accept-event: {} }', ['SOFT', 'HARD']],
    ['no kind, where the offer is missing', '{ accept-event: {} }', undefined],
    ['no kind, where the offer cannot be read', '{ accept-event: {} }', [7]],
    ['no kind, where the offer is of an unknown kind', '{ accept-event: {} }', ['SOFT', 'DEEP']],
  ])('waits for a person with %s, because the disks may lose their data', async (_, ladder, redeployType) => {
    const { bench, api, event, read } = createMaintenance(ladder);
    event['redeployType'] = redeployType;
    await read();
    await bench.advance(5 * MINUTE);
    expect(bench.remediations()).toMatchObject([
      { state: 'awaiting-approval', plan: { request: { eventId: 'ev-1' } } },
    ]);
    expect(api.accepted).toEqual([]);
  });

  test('waits for a person without a kind if it does not say its type, and for none if it is known to keep the disks', async () => {
    for (const [type, state] of [
      [undefined, 'awaiting-approval'],
      ['localdisk-recovery', 'awaiting-approval'],
      ['node_redeploy', 'verifying'],
    ]) {
      const { bench, event, read, states } = createMaintenance('{ accept-event: {} }');
      Object.assign(event, { type, redeployType: ['SOFT'] });
      await read();
      await bench.advance(5 * MINUTE);
      expect(states()).toEqual([['accept-event', state]]);
    }
  });

  test('waits while the node runs a workload, and outside of a window', async () => {
    const closed = ', windows: [{ start: "0 22 ? * SAT *", length: 1h }]';
    for (const [more, busy] of [
      ['', true],
      [closed, false],
    ] as const) {
      const { bench, api, read, states } = createMaintenance(SOFT, more);
      if (busy)
        bench.workloads.push({
          name: 'w',
          status: 'Running',
          hostIps: [bench.nodes.get(NODE)!.privateIp],
        });
      await read();
      await bench.advance(5 * MINUTE);
      expect([states(), api.accepted]).toEqual([[['accept-event', 'deferred']], []]);
    }
  });

  test('goes to a person if another event of the node waits, too', async () => {
    const { bench, api, event, read, states } = createMaintenance();
    api.events.push({ ...event, id: 'ev-2' });
    await read();
    await bench.advance(5 * MINUTE);
    expect(api.accepted).toEqual([]);
    expect(states().map(([, state]) => state)).toContain('needs-human');
  });

  test('is not accepted once it does not wait any more', async () => {
    const { bench, api, event, read } = createMaintenance();
    await read();
    event['state'] = 'scheduled';
    await bench.advance(5 * MINUTE);
    expect(api.accepted).toEqual([]);
  });

  test('ends its ladder with a person if the maintenance fails', async () => {
    const { bench, event, read, states } = createMaintenance();
    await read();
    await bench.advance(5 * MINUTE);
    event['state'] = 'failed';
    await bench.advance(5 * MINUTE);
    expect(states()).toEqual([['accept-event', 'needs-human']]);
  });
});

/** The maintenance after the deadline of its authorization; `happens` makes the changes since it was authorized. */
async function atDeadline(happens: (maintenance: ReturnType<typeof createMaintenance>) => void) {
  const maintenance = createMaintenance(
    '{ accept-event: { redeployConfig: { type: SOFT } }, deadline: 40m }, { notify: {} }',
  );
  const { bench, read, states } = maintenance;
  await read();
  await bench.advance(5 * MINUTE);
  happens(maintenance);
  await bench.advance(45 * MINUTE, MINUTE);
  return { states: states(), held: bench.leased() };
}

describe('an event that is not over at the deadline', () => {
  test.each(['scheduled', 'executing', 'renamed by the vendor'])(
    'goes to a person while it is %s, and the node stays held: the maintenance may have it',
    async (state) => {
      expect(await atDeadline(({ event }) => Object.assign(event, { state }))).toEqual({
        states: [['accept-event', 'needs-human']],
        held: [NODE],
      });
    },
  );

  test('goes to a person while no list shows it, and the node stays held', async () => {
    expect(await atDeadline(({ api }) => Object.assign(api, { events: [] }))).toEqual({
      states: [['accept-event', 'needs-human']],
      held: [NODE],
    });
  });

  test('has failed if it still waits for its authorization: the ladder goes on, and the node is free', async () => {
    const { states, held } = await atDeadline(({ event }) => Object.assign(event, { state: 'inquiring' }));
    expect(states).toContainEqual(['accept-event', 'escalated']);
    expect(held).toEqual([]);
  });
});

const lost = () => {
  throw apiError('acceptScheduledEvent', { outcome: 'unknown', transient: true, status: 504 });
};

describe('an answer that is lost', () => {
  test('is never sent again: the event shows that it was accepted', async () => {
    const { bench, api, event, read, states } = createMaintenance();
    api.afterAccept = lost;
    await read();
    await bench.advance(10 * MINUTE);
    expect(states()).toEqual([['accept-event', 'verifying']]);
    event['state'] = 'completed';
    await bench.advance(5 * MINUTE);
    expect(states()).toEqual([['accept-event', 'succeeded']]);
    expect(api.accepted).toHaveLength(1);
  });

  test('goes to a person if the event goes on waiting', async () => {
    const { bench, api, event, read, states } = createMaintenance();
    api.afterAccept = () => {
      event['state'] = 'inquiring';
      lost();
    };
    await read();
    await bench.advance(60 * MINUTE, MINUTE);
    expect(states()).toEqual([['accept-event', 'needs-human']]);
    expect(api.accepted).toHaveLength(1);
    expect(() => lost()).toThrow(ModelArtsError);
  });
});
