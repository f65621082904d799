import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, gatewayError, modelArtsError } from '../strict-modelarts/answer.ts';
import type { Fault, PoolPlan, StrictPool } from '../strict-modelarts/pool.ts';
import { alert } from './clients/alertmanager.ts';
import { attribute } from './clients/queue-client.ts';
import { type System, secrets, startSystem } from './stack/system.ts';
import { poolId, resetRule, wholePool } from './stack/test-rules.ts';
import { until } from './stack/until.ts';

vi.setConfig({ maxConcurrency: 16 });

const otherProject = '0123456789abcdef0123456789abcdef';
const ended = ['succeeded', 'failed', 'skipped', 'needs-human'];

const poolNames = Array.from({ length: 50 }, (_, index) => `pool-${index}`);
/** A refused key stops everything in its project for a while. */
const lockedPools = ['locked-reading', 'locked-calling'];

/** No job is given up here: what else is looked for may take its time on a busy machine. */
function rules(): object {
  return {
    pools: Object.fromEntries([
      ...poolNames.map((name) => [name, wholePool(name)]),
      ...lockedPools.map((name) => [name, wholePool(name, { project: otherProject })]),
    ]),
    rules: [
      resetRule('reset'),
      resetRule('stepwise', { ladder: [{ 'reset-nodes': {} }, { 'reset-nodes': { nodeConfig: {} } }] }),
      resetRule('patient', { ladder: [{ 'reset-nodes': {}, verify: { healthyFor: '1s', within: '1h' } }] }),
    ],
    polling: { first: '2s', every: '1s' },
    deadlines: { 'reset-nodes': '1h' },
  };
}

/** Another one for the functions that are killed. */
let system: System;
let mortal: System;
beforeAll(async () => {
  system = await startSystem({ name: 'faults', rules: rules() });
  return async () => system[Symbol.asyncDispose]();
});
beforeAll(async () => {
  mortal = await startSystem({ name: 'crashes', rules: rules() });
  return async () => mortal[Symbol.asyncDispose]();
});

let poolsInUse = 0;

/** Nodes that a ladder resets once with each of its rungs. */
const resetByLadder = new Set<string>();

/** A pool that no other test uses, and alerts about its nodes. */
function fresh(on: System, plan: PoolPlan, name = `pool-${poolsInUse++}`) {
  const pool = on.api.addPool(poolId(name), plan);
  const nodes = pool.nodeNames;
  return {
    pool,
    nodes,
    node: nodes[0] ?? '',
    /** One notification with an alert for each node. */
    async alertFor(instances: readonly string[], alertname = 'reset'): Promise<string[]> {
      const { status, remediations } = await on.deliver(
        ...instances.map((instance) => alert({ alertname, pool: name, instance })),
      );
      expect(status).toBe(202);
      return remediations.map(({ id }) => id);
    },
    /** The same for the pool's first node. */
    async alertForOne(): Promise<string> {
      return on.accept({ alertname: 'reset', pool: name, instance: nodes[0] ?? '' });
    },
    /** A command for the queue. */
    command(instance: string | readonly string[], more: object = {}): object {
      return {
        action: 'reset-nodes',
        pool: name,
        nodes: [instance].flat(),
        parameters: {},
        mode: 'act',
        ...more,
      };
    },
  };
}

const once = (fault: Fault) => (_: unknown, attempt: number) => (attempt === 1 ? fault : undefined);
const always = (fault: Fault) => () => fault;
const calls = (pool: StrictPool) => pool.requested('batch-reset').length;

/** Ends the processes of a function as a machine does that goes down, without a warning, and delivers again what they held. */
async function killAll({ cloud }: System, fn: string, queue: string): Promise<void> {
  const victims = cloud.sandboxes().filter(({ functionName }) => functionName.endsWith(fn));
  expect(victims.length).toBeGreaterThan(0);
  for (const { pid } of victims) process.kill(pid, 'SIGKILL');
  const pids = new Set(victims.map(({ pid }) => pid));
  await until(
    () => (cloud.sandboxes().some(({ pid }) => pids.has(pid)) ? undefined : true),
    () => `a process of ${fn} is still there`,
  );
  cloud.deliverNow(queue);
}

describe.concurrent('a job', () => {
  it('that leaves one node broken is a case for a person for that node alone', async () => {
    const { pool, nodes, alertFor } = fresh(system, { nodes: 3 });
    const [broken = '', ...others] = nodes;
    pool.jobPlan = { durationMs: 0, staysAbnormal: [broken] };
    await alertFor(nodes);
    const remediations = await system.allReach(pool.id, 3, ended);
    const states = Object.fromEntries(
      remediations.map(({ nodes: [name = ''] = [], state }) => [name, state]),
    );
    expect(states).toEqual({
      [broken]: 'needs-human',
      ...Object.fromEntries(others.map((name) => [name, 'succeeded'])),
    });
    expect(remediations.find(({ state }) => state === 'needs-human')?.why).toContain('Abnormal');
  });

  it('that leaves a node broken is waited for as long as its rule says', async () => {
    const { pool, nodes, node, alertFor } = fresh(system, { nodes: 1 });
    pool.jobPlan = { durationMs: 0, staysAbnormal: nodes };
    const [id = ''] = await alertFor(nodes, 'patient');
    expect((await system.reaches(id, ['verifying', ...ended])).state).toBe('verifying');
    pool.node(node).phase = 'Available';
    expect((await system.reaches(id, ended)).state).toBe('succeeded');
    expect(calls(pool)).toBe(1);
  });

  it('that fails goes to a person with its own message', async () => {
    const { pool, node, alertForOne } = fresh(system, {
      nodes: 1,
      job: { durationMs: 0, ends: 'Failed', message: 'image 3f2e not found on the node' },
    });
    const { state, why, nodeStates } = await system.reaches(await alertForOne(), ended);
    expect(state).toBe('needs-human');
    expect(why).toContain('image 3f2e not found on the node');
    expect(nodeStates?.[node]?.state).toBe('failed');
    expect(calls(pool)).toBe(1);
  });

  it('that fails is followed by the next rung of the ladder', async () => {
    const { pool, nodes, alertFor } = fresh(system, { nodes: 1, job: { durationMs: 0, ends: 'Failed' } });
    for (const node of nodes) resetByLadder.add(node);
    const [id = ''] = await alertFor(nodes, 'stepwise');
    await until(
      () => calls(pool) || undefined,
      () => 'nothing was called',
    );
    pool.jobPlan = { durationMs: 0 };
    const first = await system.reaches(id, ['escalated', ...ended]);
    expect(first.state).toBe('escalated');
    const next = await system.reaches(first.escalatedTo ?? '', ended);
    expect(next).toMatchObject({ state: 'succeeded', nodes, ladder: { root: id, rung: 1 } });
    expect(calls(pool)).toBe(2);
  });

  it('that is suspended is for a person, until it goes on', async () => {
    const { pool, alertForOne } = fresh(system, { nodes: 1, job: { suspend: true } });
    const id = await alertForOne();
    const { state, why } = await system.reaches(id, ended);
    expect(state).toBe('needs-human');
    expect(why).toContain('suspended');
    pool.jobs[0]!.suspend = false;
    expect((await system.reaches(id, ['running', 'succeeded', 'failed'])).state).toBe('running');
    pool.jobs[0]!.end();
    expect((await system.reaches(id, ['succeeded', 'failed'])).state).toBe('succeeded');
  });

  it('in an unknown phase is for a person, until it ends', async () => {
    const { pool, alertForOne } = fresh(system, { nodes: 1, job: { phase: 'Pausing' } });
    const id = await alertForOne();
    const { state, why } = await system.reaches(id, ended);
    expect(state).toBe('needs-human');
    expect(why).toContain('Pausing');
    pool.jobs[0]!.end();
    expect((await system.reaches(id, ['succeeded', 'failed'])).state).toBe('succeeded');
  });

  it('that is not listed for a while is not given up', async () => {
    const { pool, alertForOne } = fresh(system, { nodes: 1, job: { durationMs: 0, hiddenMs: 5000 } });
    expect((await system.reaches(await alertForOne(), ended)).state).toBe('succeeded');
    expect(calls(pool)).toBe(1);
  });

  it('shares its looks with the other jobs of its pool', async () => {
    const { pool, nodes, command } = fresh(system, { nodes: 12, job: { durationMs: 6000 } });
    // No two of them ask for the same, so that each is a call of its own.
    await system.send(
      'ResetNodesQueue',
      ...nodes.map((node, index) =>
        command(node, {
          parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: index + 1 } },
        }),
      ),
    );
    const remediations = await system.allReach(pool.id, 12, ended);
    expect(new Set(remediations.map(({ state }) => state))).toEqual(new Set(['succeeded']));
    expect(pool.jobs).toHaveLength(12);
    const times = pool.requested('list-jobs').map(({ at }) => at);
    // At each point of the grid at most one look by each of the function's two processes.
    const ticks = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000 + 1;
    expect(times.length).toBeLessThanOrEqual(2 * Math.ceil(ticks));
  });
});

describe.concurrent('a call', () => {
  it.each<[string, Fault]>([
    ['is lost with the connection', { lost: 'after-work' }],
    ['is a 504', { afterwards: true, ...gatewayError(504, '0203', 'Backend timeout.') }],
    ['is a 502', { afterwards: true, ...gatewayError(502, '0202', 'Backend unavailable.') }],
    ['is a 500', { afterwards: true, ...modelArtsError(500, '2950', 'Internal error.') }],
    ['cannot be read', { afterwards: true, status: 200, body: 'Gateway welcome page' }],
    ['has no job', { afterwards: true, status: 200, body: {} }],
  ])('whose answer %s is not sent again, and its job is found', async (_, fault) => {
    const { pool, node, alertForOne } = fresh(system, { nodes: 2 });
    pool.misbehave('batch-reset', once(fault));
    const id = await alertForOne();
    const { state, jobId, receipts } = await system.reaches(id, ended);
    expect(state).toBe('succeeded');
    expect(jobId).toBe(pool.jobs[0]?.id);
    expect(receipts.some(({ step, outcome }) => step === 'call' && outcome === 'unknown')).toBe(true);
    expect(calls(pool)).toBe(1);
    expect(pool.resets(node)).toBe(1);
  });

  it('whose answer is lost does not take the job of another call', async () => {
    const { pool, nodes, alertFor } = fresh(system, {
      nodes: 2,
      job: { durationMs: 0, inputs: JSON.stringify },
    });
    const [first = '', second = ''] = nodes;
    pool.misbehave('batch-reset', once({ lost: 'after-work' }));
    const [lost = ''] = await alertFor([first]);
    await until(
      () => pool.jobs[0],
      () => 'nothing was called',
    );
    const [found = ''] = await alertFor([second]);
    const ends = await Promise.all([lost, found].map((id) => system.reaches(id, ended)));
    expect(ends).toMatchObject([
      { state: 'succeeded', jobId: pool.jobs[0]?.id },
      { state: 'succeeded', jobId: pool.jobs[1]?.id },
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['with', { 'retry-after': '1' }],
    ['without', {}],
  ])('that comes too often is sent again, %s Retry-After, and done once', async (_, headers) => {
    const { pool, node, alertForOne } = fresh(system, { nodes: 1 });
    pool.misbehave(
      'batch-reset',
      once({ instead: true, ...gatewayError(429, '0308', 'Throttling threshold reached.', headers) }),
    );
    expect((await system.reaches(await alertForOne(), ended)).state).toBe('succeeded');
    const [first, second, ...more] = pool.requested('batch-reset');
    expect(more).toEqual([]);
    expect(pool.resets(node)).toBe(1);
    if (headers['retry-after']) expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it.each([
    [403, modelArtsError(403, '0112', 'The policy forbids it.')],
    [400, modelArtsError(400, '50004000', 'Bad request. A task is running on the node.')],
  ])('that is refused with %i goes to a person with the words of the API', async (status, answer) => {
    const { pool, node, alertForOne } = fresh(system, { nodes: 1 });
    pool.refuse(node, answer);
    const id = await alertForOne();
    const { state, why, receipts } = await system.reaches(id, ended);
    const { error_code: code, error_msg: message } = answer.body as { error_code: string; error_msg: string };
    expect(state).toBe('needs-human');
    expect(why).toContain(message);
    expect(receipts).toContainEqual(
      expect.objectContaining({ step: 'call', outcome: 'refused', status, code, vendorMessage: message }),
    );
    const letter = await system.deadLetter((each) => attribute(each, 'remediation') === id);
    expect(attribute(letter, 'code')).toBe(code);
    expect(calls(pool)).toBe(1);
  });

  it.each(['list-nodes', 'batch-reset'] as const)(
    'is not hammered when %s refuses the key',
    async (operation) => {
      const name = operation === 'list-nodes' ? 'locked-reading' : 'locked-calling';
      const plan = { nodes: 3, projectId: otherProject };
      const { pool, nodes, alertFor } = fresh(system, plan, name);
      pool.misbehave(
        operation,
        always({ instead: true, ...gatewayError(401, '0301', 'Incorrect IAM authentication.') }),
      );
      const ids = await alertFor(nodes);
      const remediations = await Promise.all(ids.map((id) => system.reaches(id, ['deferred', ...ended])));
      expect(new Set(remediations.map(({ state }) => state))).toEqual(new Set(['deferred']));
      expect(pool.requested(operation).filter(({ status }) => status === 401).length).toBeLessThanOrEqual(1);
      expect(pool.jobs).toEqual([]);
    },
  );

  it('whose answer is slow is waited for', async () => {
    const { pool, alertForOne } = fresh(system, { nodes: 1 });
    const answered = Promise.withResolvers<void>();
    pool.misbehave('batch-reset', once({ heldUntil: answered.promise }));
    const id = await alertForOne();
    await until(
      () => pool.jobs[0],
      () => 'nothing was called',
    );
    // How slow the API is; nothing here waits for it.
    setTimeout(answered.resolve, 4000);
    const { state, receipts } = await system.reaches(id, ended);
    expect(state).toBe('succeeded');
    expect(receipts).toContainEqual(expect.objectContaining({ step: 'call', outcome: 'accepted' }));
    expect(calls(pool)).toBe(1);
  });
});

describe.concurrent('reading', () => {
  it.each(['list-jobs', 'list-nodes'] as const)(
    '%s fails for a while, and the job is followed on',
    async (operation) => {
      const { pool, alertForOne } = fresh(system, { nodes: 1 });
      const id = await alertForOne();
      await until(
        () => pool.jobs[0],
        () => 'nothing was called',
      );
      pool.misbehave(operation, always({ instead: true, ...gatewayError(503, '0605', 'Backend down.') }));
      // More of them than one look makes.
      const before = pool.requested(operation).length;
      await until(
        () => pool.requested(operation)[before + 5],
        () => 'it is not tried again',
      );
      expect((await system.show(id)).state).toBe('running');
      pool.misbehave(operation);
      expect((await system.reaches(id, ended)).state).toBe('succeeded');
      expect(calls(pool)).toBe(1);
    },
  );

  it('an address fails while the alert comes in, and the node is found later', async () => {
    const { pool, node, alertFor } = fresh(system, { nodes: 2 });
    pool.misbehave('list-nodes', always({ instead: true, ...gatewayError(503, '0605', 'Backend down.') }));
    const [id = ''] = await alertFor([`${pool.node(node).privateIp}:9100`]);
    pool.misbehave('list-nodes');
    const { state, nodes } = await system.reaches(id, ended);
    expect(state).toBe('succeeded');
    expect(nodes).toEqual([node]);
    expect(pool.resets(node)).toBe(1);
    // Who asks why the node was reset does not know that the alert called it by its address.
    const { remediations } = await system.list(`node=${node}`);
    expect(remediations.map((each) => each.id)).toEqual([id]);
  });

  it('an address that is refused afterwards ends with one state for one node', async () => {
    const { pool, node, command } = fresh(system, { nodes: 1 });
    pool.refuse(node, modelArtsError(403, '0112', 'The policy forbids it.'));
    await system.send('ResetNodesQueue', command(pool.node(node).privateIp, { id: 'by-address-refused' }));
    await system.allReach(pool.id, 1, ended);
    const { state, nodes, nodeStates } = await system.show('by-address-refused');
    expect(state).toBe('failed');
    expect(nodes).toEqual([node]);
    expect(nodeStates).toEqual({ [node]: { state: 'failed', why: expect.any(String) } });
  });
});

describe.concurrent('a message', () => {
  it('that nothing can be done with goes to the dead letters with the reason, its neighbours are done', async () => {
    const { pool, nodes, command } = fresh(system, { nodes: 2 });
    const [first = '', second = ''] = nodes;
    const poison: [string, RegExp][] = [
      ['{"action": "reset-nodes", cut off', /not JSON/],
      ['"poison: a text"', /not a command/],
      [JSON.stringify({ action: 'reset-nodes', pool: 'pool-0', parameters: {} }), /nodes: /],
      [JSON.stringify(command([], { parameters: {} })), /nodes: /],
      [JSON.stringify(command(first, { parameters: { drain: true } })), /parameters\.drain: /],
      [
        JSON.stringify(
          command(first, { parameters: { rollingConfig: { strategy: 'All', maxUnavailable: 0 } } }),
        ),
        /parameters\.rollingConfig\.strategy: .*parameters\.rollingConfig\.maxUnavailable: /,
      ],
      [JSON.stringify(command(first, { pool: 'no-such-pool' })), /no pool .*"no-such-pool"/],
      [JSON.stringify(command(first, { action: 'reboot-nodes' })), /action: /],
      [
        JSON.stringify({ action: 'delete-node-pool', pool: 'pool-0', nodePool: 'np-1', parameters: {} }),
        /the queue of reset-nodes/,
      ],
    ];
    const bodies = poison.map(([body]) => body);
    await system.send(
      'ResetNodesQueue',
      command(first, { id: 'good-before' }),
      ...bodies,
      command(second, { id: 'good-after' }),
    );
    for (const [body, reason] of poison) {
      const letter = await system.deadLetter((message) => message.Body === body);
      expect(attribute(letter, 'reason')).toMatch(reason);
    }
    expect(
      await Promise.all(['good-before', 'good-after'].map((id) => system.reaches(id, ended))),
    ).toMatchObject([{ state: 'succeeded' }, { state: 'succeeded' }]);
    expect(nodes.map((name) => pool.resets(name))).toEqual([1, 1]);
  });

  it('with a known id and other content goes to the dead letters, with the same content it is the same', async () => {
    const { pool, nodes, command } = fresh(system, { nodes: 2 });
    const [first = '', second = ''] = nodes;
    const original = command(first, { id: 'taken' });
    await system.send('ResetNodesQueue', original, original);
    await system.reaches('taken', ended);
    const usurper = JSON.stringify(command(second, { id: 'taken' }));
    await system.send('ResetNodesQueue', original, usurper);
    const letter = await system.deadLetter(({ Body }) => Body === usurper);
    expect(attribute(letter, 'reason')).toContain('taken');
    expect(nodes.map((name) => pool.resets(name))).toEqual([1, 0]);
    expect(await system.show('taken')).toMatchObject({ state: 'succeeded', nodes: [first] });
  });

  it('has a reason that a queue can carry, with any characters in it', async () => {
    const { command, node } = fresh(system, { nodes: 1 });
    const body = JSON.stringify(command(node, { 'a\u0001b': true }));
    await system.send('ResetNodesQueue', body);
    const letter = await system.deadLetter(({ Body }) => Body === body);
    // SQS refuses control characters but tab and line ends in a string attribute.
    expect(attribute(letter, 'reason')).not.toMatch(/(?![\t\n\r])\p{Cc}/u);
  });

  it('that does not say what to look at goes to the dead letters of poll-jobs', async () => {
    const body = JSON.stringify({ callId: '', pool: 'p', look: -1 });
    await system.send('PollJobsQueue', body, 'not JSON either');
    const letter = await system.deadLetter(({ Body }) => Body === body, 'PollJobsDeadLetterQueue');
    expect(attribute(letter, 'reason')).toMatch(/callId: .*probe: .*look: .*dueAt: /);
    await system.deadLetter(({ Body }) => Body === 'not JSON either', 'PollJobsDeadLetterQueue');
  });

  it.each(['act', 'observe'])('may name 500 nodes to %s on', async (mode) => {
    const { pool, nodes, command } = fresh(system, { nodes: 500 });
    const id = `five-hundred-${mode}`;
    await system.send('ResetNodesQueue', command(nodes, { id, mode }));
    const wanted = mode === 'act' ? 'succeeded' : 'observed';
    await until(
      async () => {
        const { remediations } = await system.list(`pool=${pool.id}`);
        return remediations.find(({ state, plan }) => state === wanted && (plan || mode === 'act'));
      },
      () =>
        `it has not ${wanted}: ${system.logs.findLast(({ line }) => line.includes('delivered again'))?.line}`,
    );
    expect(calls(pool)).toBe(mode === 'act' ? 1 : 0);
  });
});

describe.concurrent('a command', () => {
  it.each<[string, 'list-nodes' | 'batch-reset', Answer]>([
    ['the pool cannot be read', 'list-nodes', gatewayError(502, '0202', 'Backend down.')],
    [
      'the API asks for a longer pause',
      'batch-reset',
      gatewayError(429, '0308', 'Throttling threshold reached.', { 'retry-after': '30' }),
    ],
  ])('is deferred when %s, and done later', async (_, operation, answer) => {
    const { pool, node, alertForOne } = fresh(system, { nodes: 1 });
    pool.misbehave(operation, always({ instead: true, ...answer }));
    const id = await alertForOne();
    // Where the machine is busy, it may be deferred before that, because the time to send a call has passed.
    await until(
      async () => {
        const { state, why } = await system.show(id);
        expect(ended).not.toContain(state);
        return state === 'deferred' && why?.includes(String(answer.status)) ? true : undefined;
      },
      () => `it is not deferred for ${answer.status}`,
    );
    expect(pool.jobs).toEqual([]);
    const [first, second] = pool.requested('batch-reset');
    if (first && second) expect(second.at - first.at).toBeGreaterThanOrEqual(30_000);
    pool.misbehave(operation);
    expect((await system.reaches(id, ended)).state).toBe('succeeded');
    expect(pool.resets(node)).toBe(1);
  });
});

describe.concurrent('the log', () => {
  it('has each try of a call', async () => {
    const { pool, node, command } = fresh(system, { nodes: 1 });
    const answer = gatewayError(502, '0202', `for ${secrets.ak}`);
    pool.misbehave('list-nodes', once({ instead: true, ...answer }));
    await system.send('ResetNodesQueue', command(node));
    const lines = await until(
      () => {
        const found = system.logs
          .map(({ line }) => line)
          .filter((line) => line.includes(`/${pool.id}/nodes`));
        return found.some((line) => line.includes('batch-reset')) ? found : undefined;
      },
      () => 'no call is in the log',
    );
    const tries = lines.map((line) => JSON.parse(line));
    expect(tries[0]).toMatchObject({
      function: 'reset-nodes',
      level: 'warn',
      method: 'GET',
      path: `/v2/77b6a44cba5143ab91d13ab9a8ff44fd/pools/${pool.id}/nodes`,
      attempt: 1,
      status: 502,
      code: 'APIGW.0202',
      retryInMs: expect.any(Number),
      durationMs: expect.any(Number),
    });
    expect(tries[1]).toMatchObject({ level: 'info', attempt: 2, outcome: 'succeeded', status: 200 });
  });

  it('does not have the secret that a message repeats', async () => {
    const { node, command } = fresh(system, { nodes: 1 });
    const id = `echo-${secrets.sk}`;
    await system.send('ResetNodesQueue', command(node, { id }));
    await system.reaches(id, ended);
    const lines = system.logs.map(({ line }) => line).filter((line) => line.includes('echo-'));
    expect(lines.map((line) => JSON.parse(line).correlationId)).toContain('echo-[redacted]');
  });
});

describe.concurrent('a process', () => {
  it('that is killed leaves what it did to the next: a call is not sent again, a job is looked at again', async () => {
    const called = fresh(mortal, { nodes: 1, job: { durationMs: 20_000 } });
    const answer = Promise.withResolvers<void>();
    called.pool.misbehave('batch-reset', once({ heldUntil: answer.promise }));
    const callId = await called.alertForOne();
    await until(
      () => called.pool.jobs[0],
      () => 'nothing was called',
    );
    await killAll(mortal, 'reset-nodes', 'ResetNodesQueue');
    answer.resolve();

    const looked = fresh(mortal, { nodes: 1 });
    const list = Promise.withResolvers<void>();
    looked.pool.misbehave('list-jobs', once({ heldUntil: list.promise }));
    const lookId = await looked.alertForOne();
    await until(
      () => looked.pool.requested('list-jobs')[0],
      () => 'no job was looked at',
    );
    await killAll(mortal, 'poll-jobs', 'PollJobsQueue');
    list.resolve();

    for (const [id, { pool, node }] of [
      [lookId, looked],
      [callId, called],
    ] as const) {
      const { state, jobId } = await mortal.reaches(id, ended);
      expect(state).toBe('succeeded');
      expect(jobId).toBe(pool.jobs[0]?.id);
      expect(pool.resets(node)).toBe(1);
      expect(calls(pool)).toBe(1);
    }
  });
});

describe('after all of it', () => {
  it('nothing is followed any more', async () => {
    for (const each of [system, mortal]) {
      await until(
        async () => ((await each.messagesOn('PollJobsQueue')) === 0 ? true : undefined),
        () => 'messages are left on the queue poll-jobs',
      );
    }
  });

  it('no node was reset twice, and no request was one that the pages do not have', () => {
    for (const { api } of [system, mortal]) {
      expect(api.violations).toEqual([]);
      expect(api.resetTwice().filter((node) => !resetByLadder.has(node))).toEqual([]);
    }
  });

  it('no secret is in a log or in a dead letter', async () => {
    for (const each of [system, mortal]) {
      const texts = [...each.logs.map(({ line }) => line), JSON.stringify(await each.deadLetters())];
      for (const secret of Object.values(secrets)) {
        expect(texts.filter((text) => text.includes(secret))).toEqual([]);
      }
    }
  });
});
