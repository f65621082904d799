import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { PoolPlan, StrictPool } from '../strict-modelarts/pool.ts';
import { alert, notification } from './clients/alertmanager.ts';
import { attribute } from './clients/queue-client.ts';
import { projectId, type System, secrets, startSystem } from './stack/system.ts';
import { poolId, resetRule, wholePool } from './stack/test-rules.ts';
import { until } from './stack/until.ts';

vi.setConfig({ maxConcurrency: 16 });

const pools = [
  'by-name',
  'by-address',
  'large',
  'two-rules',
  'wordy',
  'many-times',
  'hundred',
  'one-refused',
  'group',
  'resolved',
  'observed',
  'skipped',
  'cooled',
  'demanding',
  'verified',
  'listed',
  'traced',
];
const ended = ['succeeded', 'failed', 'skipped', 'observed', 'needs-human'];

let system: System;
beforeAll(async () => {
  system = await startSystem({
    name: 'alerts',
    rules: {
      pools: Object.fromEntries(pools.map((name) => [name, wholePool(name)])),
      rules: [
        resetRule('reset'),
        resetRule('watch', { mode: 'observe' }),
        resetRule('only-abnormal', { phase: ['Abnormal'] }),
        resetRule('verified', {
          ladder: [{ 'reset-nodes': {}, verify: { healthyFor: '3s', within: '1h' } }],
        }),
      ],
      polling: { first: '2s', every: '1s' },
      // Longer than anything here takes on a busy machine.
      deadlines: { 'reset-nodes': '1h' },
    },
  });
  return async () => system[Symbol.asyncDispose]();
});

function addPool(name: string, plan: PoolPlan): StrictPool {
  return system.api.addPool(poolId(name), plan);
}

function nodeOf(pool: StrictPool, index = 0): string {
  return pool.nodeNames[index] ?? '';
}

describe.concurrent('an alert', () => {
  it('that names its node leads to one reset, in the words of the page', async () => {
    const pool = addPool('by-name', { nodes: 3 });
    const startsAt = new Date(Date.now() - 5000).toISOString();
    const sent = alert({ alertname: 'reset', pool: 'by-name', instance: nodeOf(pool), startsAt });
    const { status, remediations, ignored } = await system.deliver(sent);
    expect(status).toBe(202);
    expect(ignored).toEqual([]);
    expect(remediations).toEqual([
      { id: expect.any(String), rule: 'reset', node: nodeOf(pool), state: 'submitting' },
    ]);

    const { id } = remediations[0]!;
    const remediation = await system.reaches(id, ended);
    expect(remediation).toMatchObject({ state: 'succeeded', nodes: [nodeOf(pool)], jobId: pool.jobs[0]?.id });

    const [request, ...others] = pool.requested('batch-reset');
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      method: 'POST',
      path: `/v2/${projectId}/pools/${pool.id}/nodes/batch-reset`,
      headers: { 'content-type': 'application/json' },
    });
    expect(request?.query.size).toBe(0);
    expect(request?.body).toEqual({
      nodeNames: [nodeOf(pool)],
      rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 },
      nodeConfig: {},
    });
    expect(remediation.receipts.find(({ step }) => step === 'call')?.['request']).toEqual(request?.body);
  });

  it('that names an address and a port leads to the node that has the address', async () => {
    const pool = addPool('by-address', { nodes: 3 });
    const node = nodeOf(pool, 1);
    const address = pool.node(node).privateIp;
    const { status, remediations } = await system.deliver(
      alert({ alertname: 'reset', pool: poolId('by-address'), instance: `${address}:9100` }),
    );
    expect(status).toBe(202);
    expect(remediations).toMatchObject([{ node: address, state: 'submitting' }]);
    expect(await system.reaches(remediations[0]!.id, ended)).toMatchObject({
      state: 'succeeded',
      nodes: [node],
    });
    expect(pool.nodeNames.map((name) => pool.resets(name))).toEqual([0, 1, 0]);
  });

  it('that names an address on the second page of the node list leads to the right node', async () => {
    const pool = addPool('large', { nodes: 600 });
    const node = nodeOf(pool, 599);
    const { remediations } = await system.deliver(
      alert({ alertname: 'reset', pool: 'large', instance: pool.node(node).privateIp }),
    );
    expect(remediations).toMatchObject([{ node: pool.node(node).privateIp }]);
    expect((await system.reaches(remediations[0]!.id, ended)).state).toBe('succeeded');
    expect(pool.nodeNames.filter((name) => pool.resets(name) > 0)).toEqual([node]);
  });

  it('and another one by another rule about the same node are one reset', async () => {
    const pool = addPool('two-rules', { nodes: 1 });
    const { remediations } = await system.deliver(
      alert({ alertname: 'reset', pool: 'two-rules', instance: nodeOf(pool) }),
      alert({ alertname: 'verified', pool: 'two-rules', instance: nodeOf(pool) }),
    );
    expect(remediations.map(({ rule }) => rule)).toEqual(['reset', 'verified']);
    // Both may be deferred at first: where the machine is busy, the time to send a call passes before it is sent.
    await until(
      async () => {
        const all = (await system.list(`pool=${pool.id}`)).remediations;
        const rest = all.every(({ state }) => ['deferred', ...ended].includes(state));
        return rest && all.some(({ state }) => state === 'succeeded') ? all : undefined;
      },
      () => 'neither of them has succeeded',
    );
    expect(pool.resets(nodeOf(pool))).toBe(1);
  });

  it('that comes with a thousand others about the same node is accepted', async () => {
    const pool = addPool('wordy', { nodes: 1 });
    const labels = { alertname: 'reset', pool: 'wordy', instance: nodeOf(pool) };
    const alerts = Array.from({ length: 1000 }, (_, index) => ({
      ...alert(labels),
      labels: { ...labels, process: `${index}`.padStart(400, 'x') },
    }));
    const { status, remediations } = await system.deliver(...alerts);
    expect(status).toBe(202);
    expect((await system.reaches(remediations[0]!.id, ended)).state).toBe('succeeded');
    expect(pool.resets(nodeOf(pool))).toBe(1);
  });

  it('delivered fifty times at once is one remediation and one call', async () => {
    const pool = addPool('many-times', { nodes: 1 });
    const sent = alert({ alertname: 'reset', pool: 'many-times', instance: nodeOf(pool) });
    const answers = await Promise.all(Array.from({ length: 50 }, () => system.deliver(sent)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 202));
    const ids = new Set(answers.flatMap(({ remediations }) => remediations.map(({ id }) => id)));
    expect(ids.size).toBe(1);
    const [id = ''] = ids;
    expect((await system.reaches(id, ended)).state).toBe('succeeded');

    expect((await system.deliver(sent)).remediations).toMatchObject([{ id, state: 'succeeded' }]);
    await until(
      async () => ((await system.messagesDueOn('ResetNodesQueue')) === 0 ? true : undefined),
      () => 'messages are left on the queue reset-nodes',
    );
    expect(pool.requested('batch-reset')).toHaveLength(1);
    expect(pool.resets(nodeOf(pool))).toBe(1);
  });

  it('for each of a hundred nodes, one by one within a second, is a handful of calls, each node once', async () => {
    const pool = addPool('hundred', { nodes: 100, job: { durationMs: 2000 } });
    const answers = await Promise.all(
      pool.nodeNames.map((instance) =>
        system.deliver(alert({ alertname: 'reset', pool: 'hundred', instance })),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const remediations = await system.allReach(pool.id, 100, ended);
    expect(new Set(remediations.map(({ state }) => state))).toEqual(new Set(['succeeded']));
    expect(pool.nodeNames.filter((name) => pool.resets(name) !== 1)).toEqual([]);
    // A busy machine takes the alerts in over many batches, and commands are joined within a batch.
    const batches = system.logs.filter(
      ({ functionName, line }) => functionName.endsWith('reset-nodes') && line.includes('invocation ended'),
    );
    expect(pool.requested('batch-reset').length).toBeLessThanOrEqual(Math.max(10, batches.length));
  });

  it('for a node that the API refuses harms none of the ninety-nine beside it', async () => {
    const pool = addPool('one-refused', { nodes: 100 });
    const refused = nodeOf(pool, 41);
    pool.refuse(refused, {
      status: 404,
      body: { error_code: 'ModelArts.50015001', error_msg: 'node not found' },
    });
    await Promise.all(
      pool.nodeNames.map((instance) =>
        system.deliver(alert({ alertname: 'reset', pool: 'one-refused', instance })),
      ),
    );
    const remediations = await system.allReach(pool.id, 100, ended);
    const failed = remediations.filter(({ state }) => state !== 'succeeded');
    expect(failed).toMatchObject([
      { state: 'needs-human', nodes: [refused], why: expect.stringContaining('node not found') },
    ]);
    const [{ id, why }] = failed as [(typeof failed)[number]];
    expect(why).toContain('ModelArts.50015001');
    expect(pool.nodeNames.filter((name) => pool.resets(name) !== (name === refused ? 0 : 1))).toEqual([]);

    const letter = await system.deadLetter((message) => attribute(message, 'remediation') === id);
    expect(attribute(letter, 'code')).toBe('ModelArts.50015001');
    expect(attribute(letter, 'vendorMessage')).toBe('node not found');
    expect(attribute(letter, 'status')).toBe('404');
    expect(attribute(letter, 'reason')).toContain('node not found');
    expect(JSON.parse(letter.Body ?? '')).toMatchObject({ id, nodes: [refused] });
  });

  it('counts by its own status, not by that of the group', async () => {
    const pool = addPool('group', { nodes: 3 });
    const [first = '', second = '', third = ''] = pool.nodeNames;
    const { status, remediations, ignored } = await system.deliver(
      alert({ alertname: 'reset', pool: 'group', instance: first }),
      alert({
        alertname: 'reset',
        pool: 'group',
        instance: second,
        status: 'resolved',
        endsAt: new Date().toISOString(),
        fingerprint: 'resolved-one',
      }),
      alert({ alertname: 'reset', pool: 'group', instance: third }),
      // A second alert about the same node and rule is the same remediation.
      alert({ alertname: 'reset', pool: 'group', instance: third }),
    );
    expect(status).toBe(202);
    expect(remediations.map(({ node }) => node)).toEqual([first, third]);
    expect(ignored).toEqual([{ alert: 'resolved-one', why: expect.stringContaining('resolved') }]);
    await system.allReach(pool.id, 2, ['succeeded']);
    expect(pool.nodeNames.map((name) => pool.resets(name))).toEqual([1, 0, 1]);
  });

  it('that resolves before its reset is called leads to none', async () => {
    const pool = addPool('resolved', { nodes: 1 });
    const reading = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    pool.misbehave('list-nodes', () => {
      reading.resolve();
      return { heldUntil: released.promise };
    });
    const about = {
      alertname: 'reset',
      pool: 'resolved',
      instance: nodeOf(pool),
      fingerprint: 'soon-over',
      startsAt: new Date(Date.now() - 60_000).toISOString(),
    };
    const id = await system.accept(about);
    await reading.promise;
    await system.deliver(alert({ ...about, status: 'resolved', endsAt: new Date().toISOString() }));
    released.resolve();
    const { state, why } = await system.reaches(id, ended);
    expect(state).toBe('skipped');
    expect(why).toContain('resolved');
    expect(pool.requested('batch-reset')).toEqual([]);
  });

  it('of a rule that observes leads to a plan and no call', async () => {
    const pool = addPool('observed', { nodes: 1 });
    const id = await system.accept({ alertname: 'watch', pool: 'observed', instance: nodeOf(pool) });
    const { state, plan, receipts } = await until(
      async () => {
        const shown = await system.show(id);
        return shown.plan && shown;
      },
      () => 'there is no plan',
    );
    expect(state).toBe('observed');
    expect(plan?.hash).toMatch(/^[0-9a-f]{16,}$/);
    expect(plan?.request).toEqual({
      nodeNames: [nodeOf(pool)],
      rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 },
      nodeConfig: {},
    });
    expect(receipts.filter(({ step }) => step === 'guard').length).toBeGreaterThan(5);
    expect(pool.requested('batch-reset')).toEqual([]);
  });

  it('that no rule, pool or node fits gets the reason in its answer', async () => {
    const pool = addPool('skipped', { nodes: 1 });
    const instance = nodeOf(pool);
    const { status, remediations, ignored } = await system.deliver(
      alert({ alertname: 'nobody-cares', pool: 'skipped', instance, fingerprint: 'rule' }),
      alert({ alertname: 'reset', pool: 'nowhere', instance, fingerprint: 'pool' }),
      alert({ alertname: 'reset', pool: 'skipped', instance: '10.99.99.99:9100', fingerprint: 'address' }),
      alert({ alertname: 'reset', pool: 'skipped', instance: 'not a node', fingerprint: 'name' }),
      alert({ alertname: 'reset', pool: 'skipped', instance: 'os-node-created-gone', fingerprint: 'gone' }),
    );
    expect(status).toBe(202);
    expect(Object.fromEntries(ignored.map(({ alert: fingerprint, why }) => [fingerprint, why]))).toEqual({
      rule: 'no rule matches it',
      pool: expect.stringContaining('"nowhere"'),
      name: expect.stringContaining('"not a node"'),
    });
    // Which node is meant is looked up right before the call.
    expect(remediations).toMatchObject([{ node: '10.99.99.99' }, { node: 'os-node-created-gone' }]);
    for (const { id, node } of remediations) {
      // That a node is not there is believed when it was missing twice, a while apart.
      const { state, why } = await system.reaches(id, [...ended, 'deferred']);
      expect(['skipped', 'deferred']).toContain(state);
      expect(why).toContain(node);
    }
    expect(pool.requested('batch-reset')).toEqual([]);
  });

  it('about a node that was just reset waits for the cooldown, with its numbers', async () => {
    const pool = addPool('cooled', { nodes: 1 });
    const about = { alertname: 'reset', pool: 'cooled', instance: nodeOf(pool), fingerprint: 'again' };
    const first = await system.accept(about);
    expect((await system.reaches(first, ended)).state).toBe('succeeded');
    pool.node(nodeOf(pool)).phase = 'Abnormal';
    const second = await system.accept({ ...about, startsAt: new Date().toISOString() });
    expect(second).not.toBe(first);
    const { state, why, receipts } = await system.reaches(second, ['deferred', ...ended]);
    expect(state).toBe('deferred');
    expect(why).toMatch(/^it waits: /);
    expect(receipts).toContainEqual(
      expect.objectContaining({
        step: 'guard',
        guard: 'cooldown',
        allowed: false,
        why: expect.stringMatching(/cooldown is 6 h/),
      }),
    );
    expect(pool.resets(nodeOf(pool))).toBe(1);
  });

  it('of a rule that demands a phase leaves a node in another one alone', async () => {
    const pool = addPool('demanding', { nodes: 2, phase: 'Available' });
    const [well = '', busy = ''] = pool.nodeNames;
    pool.node(busy).phase = 'Resetting';
    const ids = [
      await system.accept({ alertname: 'only-abnormal', pool: 'demanding', instance: well }),
      await system.accept({ alertname: 'reset', pool: 'demanding', instance: busy }),
    ];
    const whys = await Promise.all(
      ids.map(async (id) => {
        const { state, why } = await system.reaches(id, ['deferred', ...ended]);
        return [state, why];
      }),
    );
    expect(whys).toEqual([
      ['deferred', expect.stringContaining('Available')],
      // No page names this phase: a person gets a notice at once.
      ['needs-human', expect.stringContaining('Resetting')],
    ]);
    expect(pool.requested('batch-reset')).toEqual([]);
  });

  it('of a rule that verifies has succeeded only after the node was well for that long', async () => {
    const pool = addPool('verified', { nodes: 1 });
    const id = await system.accept({ alertname: 'verified', pool: 'verified', instance: nodeOf(pool) });
    const { state, receipts, nodeStates = {} } = await system.reaches(id, ended);
    expect(state).toBe('succeeded');
    const verdict = receipts.findLast(({ step }) => step === 'verify');
    const since = (nodeStates[nodeOf(pool)] as { healthySince?: string }).healthySince ?? '';
    expect(Date.parse(verdict?.at ?? '') - Date.parse(since)).toBeGreaterThanOrEqual(3000);
  });
});

describe.concurrent('the HTTP API', () => {
  const webhook = { authorization: `Bearer ${secrets.webhookToken}` };
  const good = JSON.stringify(notification([]));

  it.each([
    ['no token', {}, '/alerts/alertmanager', good, 401],
    ['a wrong token', { authorization: 'Bearer nobody-knows-this' }, '/alerts/alertmanager', good, 401],
    [
      "the console's token",
      { authorization: `Bearer ${secrets.consoleToken}` },
      '/alerts/alertmanager',
      good,
      401,
    ],
    ['an unknown source', webhook, '/alerts/pigeon', good, 404],
    ['a source that every object has', webhook, '/alerts/constructor', good, 404],
    ['a body that is not JSON', webhook, '/alerts/alertmanager', '{"version":', 400],
    ['no body', webhook, '/alerts/alertmanager', '', 400],
    ['a body over 6 MiB', webhook, '/alerts/alertmanager', `"${'x'.repeat(6 * 1024 * 1024)}"`, 413],
  ])('answers a delivery with %s with problem details', async (_, headers, route, body, status) => {
    const response = await system.request(route, { method: 'POST', headers, body });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.any(String),
    });
  });

  it('takes what can be read, and names what cannot with the reason', async () => {
    const [right, wrong] = [alert({ alertname: 'a', pool: 'p', instance: 'i' }), { status: 'burning' }];
    const response = await system.request('/alerts/alertmanager', {
      method: 'POST',
      headers: webhook,
      body: JSON.stringify(notification([right, wrong])),
    });
    expect(response.status).toBe(202);
    const { ignored } = (await response.json()) as { ignored: { alert: string; why: string }[] };
    expect(ignored).toMatchObject([
      { alert: 'alerts[1]', why: 'it cannot be read: status: must be "firing" or "resolved"' },
      { why: 'no rule matches it' },
    ]);
  });

  it('shows the ledger to no caller without the token of the console', async () => {
    for (const headers of [{}, webhook, { authorization: 'Bearer wrong-wrong' }]) {
      expect((await system.request('/remediations', { headers })).status).toBe(401);
      expect((await system.request('/remediations/some-id', { headers })).status).toBe(401);
    }
    expect((await system.request('/healthz')).status).toBe(200);
  });

  it('says what it does not have, and which parameter is wrong', async () => {
    const headers = { authorization: `Bearer ${secrets.consoleToken}` };
    expect((await system.request('/remediations/no-such-id', { headers })).status).toBe(404);
    for (const query of ['state=asleep', 'limit=0', 'limit=101', 'colour=red']) {
      const response = await system.request(`/remediations?${query}`, { headers });
      expect(response.status).toBe(400);
      expect(JSON.stringify(await response.json())).toContain(query.split('=')[0]);
    }
  });

  it('filters the ledger and gives it page by page, newest first, each remediation once', async () => {
    const pool = addPool('listed', { nodes: 7 });
    const ids: string[] = [];
    for (const instance of pool.nodeNames) {
      ids.unshift(await system.accept({ alertname: 'watch', pool: 'listed', instance }));
    }
    await system.allReach('listed', 7, ['observed']);

    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await system.list(`pool=listed&limit=3${cursor}`);
      expect(page.remediations.length).toBeLessThanOrEqual(3);
      seen.push(...page.remediations.map(({ id }) => id));
      cursor = page.next ? `&cursor=${encodeURIComponent(page.next)}` : '';
    } while (cursor !== '');
    expect(seen).toEqual(ids);

    const idsOf = async (query: string) => (await system.list(query)).remediations.map(({ id }) => id);
    expect(await idsOf(`pool=${pool.id}&state=observed`)).toEqual(ids);
    expect(await idsOf(`pool=listed&state=failed`)).toEqual([]);
    expect(await idsOf(`node=${nodeOf(pool, 6)}`)).toEqual([ids[0]]);
    expect(await idsOf(`node=${nodeOf(pool, 6)}&state=failed`)).toEqual([]);
    expect(await idsOf(`node=${nodeOf(pool, 6)}&pool=by-name`)).toEqual([]);
    const observed = await system.list('state=observed&limit=100');
    expect(new Set(observed.remediations.map(({ state }) => state))).toEqual(new Set(['observed']));
    expect(observed.remediations.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  });
});

it('can be followed through the logs of every function by the id of the remediation', async () => {
  const pool = addPool('traced', { nodes: 1 });
  const id = await system.accept({ alertname: 'reset', pool: 'traced', instance: nodeOf(pool) });
  expect((await system.reaches(id, ended)).state).toBe('succeeded');
  for (const name of ['receive-alert', 'reset-nodes', 'poll-jobs']) {
    await until(
      () => system.logs.find(({ functionName, line }) => functionName.endsWith(name) && line.includes(id)),
      () => `${name} has not logged ${id}`,
    );
  }
});

describe('after all of it', () => {
  it('nothing is left to be done or to be looked at', async () => {
    await until(
      async () => ((await system.messagesDueOn('ResetNodesQueue')) === 0 ? true : undefined),
      () => 'messages are left on ResetNodesQueue',
    );
    await until(
      async () => ((await system.messagesOn('PollJobsQueue')) === 0 ? true : undefined),
      () => 'messages are left on PollJobsQueue',
    );
  });

  it('the API was asked for nothing that its pages do not have', () => {
    expect(system.api.violations).toEqual([]);
    const unknown = system.api.requests.filter(({ operation }) => operation === undefined);
    expect(unknown.filter(({ method, path }) => method !== 'GET' || !path.endsWith('/workloads'))).toEqual(
      [],
    );
  });

  it('no secret is in a log, in the ledger or in a dead letter', async () => {
    const ledger = await Promise.all(pools.map((pool) => system.list(`pool=${pool}&limit=100`)));
    const letters = await system.deadLetters();
    const texts = [...system.logs.map(({ line }) => line), JSON.stringify(ledger), JSON.stringify(letters)];
    expect(texts.length).toBeGreaterThan(100);
    for (const secret of Object.values(secrets)) {
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    }
  });
});
