import { beforeAll, describe, expect, it, vi } from 'vitest';
import { gatewayError } from '../strict-modelarts/answer.ts';
import type { Fault, PoolPlan, StrictPool } from '../strict-modelarts/pool.ts';
import { type ActionClient, createActionClient, poolNames, resize } from './clients/action-client.ts';
import { type System, startSystem } from './stack/system.ts';
import { poolId, resetRule, wholePool } from './stack/test-rules.ts';
import { until } from './stack/until.ts';

vi.setConfig({ maxConcurrency: 16 });

// Remediations that end only because their deadline has passed.

const ended = ['succeeded', 'failed', 'skipped', 'needs-human', 'observed', 'rejected'];

let system: System;
let client: ActionClient;
beforeAll(async () => {
  system = await startSystem({
    name: 'deadlines',
    rules: {
      pools: Object.fromEntries([...poolNames, 'quarantine'].map((name) => [name, wholePool(name)])),
      rules: [resetRule('reset')],
      polling: { first: '1s', every: '1s' },
      // A call is not begun with less than 22 seconds left.
      deadlines: {
        'reset-nodes': '25s',
        'migrate-nodes': '25s',
        'update-node-pool': '8s',
        'delete-node-pool': '15s',
      },
    },
  });
  client = createActionClient(system);
  system.api.addPool(poolId('quarantine'), {
    nodes: 2,
    phase: 'Available',
    cluster: 'lite-cluster-quarantine',
  });
  return async () => system[Symbol.asyncDispose]();
});

const withNodePool: ActionClient['withNodePool'] = (...args) => client.withNodePool(...args);
const command: ActionClient['command'] = (...args) => client.command(...args);

/** A deletion whose plan was approved. */
async function deletion(pool: StrictPool): Promise<string> {
  const id = await command('delete-node-pool', pool, { nodePool: 'np-1' });
  await client.decide(id, (await client.planOf(id)).hash);
  return id;
}

/** Sends an alert about a broken node, and returns the id of its remediation. */
const alertAbout = (pool: StrictPool) =>
  system.accept({ alertname: 'reset', pool: pool.id, instance: pool.nodeNames[0] ?? '' });

const broken = (plan: PoolPlan = {}) => client.fresh({ nodes: 1, phase: 'Abnormal', ...plan });

describe.concurrent('a job', () => {
  it('that never ends is for a person at its deadline, and is not looked at any more', async () => {
    const pool = broken({ job: {} });
    const id = await alertAbout(pool);
    const { state, why, deadline, receipts } = await system.reaches(id, ended);
    expect(state).toBe('needs-human');
    expect(why).toContain('deadline');
    expect(why).toContain(pool.jobs[0]?.id);
    expect(receipts.at(-1)).toMatchObject({ step: 'deadline', deadline });

    const looks = pool.requested('list-jobs').length;
    const other = broken({ job: {} });
    await alertAbout(other);
    await until(
      () => other.requested('list-jobs')[2],
      () => 'the other pool is not looked at',
    );
    other.jobs[0]?.end();
    expect(pool.requested('list-jobs')).toHaveLength(looks);
    expect((await system.show(id)).state).toBe('needs-human');
  });
});

describe.concurrent('a call', () => {
  it.each<[string, Fault]>([
    ['connection', { lost: 'before-work' }],
    ['503', { instead: true, ...gatewayError(503, '0613', 'IAM unavailable.') }],
  ])('that ends in a %s and has no job is for a person, and is not sent again', async (_, fault) => {
    const pool = broken();
    pool.misbehave('batch-reset', (_request, attempt) => (attempt === 1 ? fault : undefined));
    const { state, why } = await system.reaches(await alertAbout(pool), ended);
    expect(state).toBe('needs-human');
    expect(why).toMatch(/answer of the call was lost.*not sent again/);
    expect(pool.requested('batch-reset')).toHaveLength(1);
  });

  /** No page lists the facts in a job about its nodes; here it has none. */
  it.each<[string, { pause: boolean; first: Fault; second: (released: Promise<void>) => Fault }]>([
    [
      'that is lost with it',
      { pause: false, first: { lost: 'before-work' }, second: () => ({ lost: 'after-work' }) },
    ],
    [
      'that is lost before it',
      { pause: false, first: { lost: 'after-work' }, second: () => ({ lost: 'before-work' }) },
    ],
    [
      'that is lost a little later',
      { pause: true, first: { lost: 'before-work' }, second: () => ({ lost: 'after-work' }) },
    ],
    [
      'that is still under way',
      { pause: true, first: { lost: 'before-work' }, second: (released) => ({ heldUntil: released }) },
    ],
  ])('that was lost and never done is not said to have succeeded by the job of one %s', async (_, plan) => {
    const { pause, first, second } = plan;
    const pool = client.fresh({ nodes: 2 });
    const reset = (node: string, maxUnavailable: number) => ({
      action: 'reset-nodes',
      pool: pool.id,
      nodes: [node],
      parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable } },
      mode: 'act',
    });
    const released = Promise.withResolvers<void>();
    pool.misbehave('batch-reset', (_request, attempt) => (attempt === 1 ? first : second(released.promise)));
    // No two of them ask for the same, so that each is a call of its own.
    const [one = {}, other = {}] = pool.nodeNames.map((node, index) => reset(node, index + 1));
    await system.send('ResetNodesQueue', one, ...(pause ? [] : [other]));
    await until(
      () => pool.requested('batch-reset')[0],
      () => 'nothing was called',
    );
    if (pause) await system.send('ResetNodesQueue', other);
    await until(
      () => pool.requested('batch-reset')[1],
      () => 'there was no second call',
    );
    const looks = pool.requested('list-jobs').length;
    await until(
      () => pool.requested('list-jobs')[looks + 1],
      () => 'no job is looked for',
    );
    released.resolve();
    const remediations = await system.allReach(pool.id, 2, ended);
    const told = remediations.map(({ nodes: [name = ''] = [], state }) => [pool.resets(name), state]);
    expect(told).not.toContainEqual([0, 'succeeded']);
    expect(pool.requested('batch-reset')).toHaveLength(2);
  });
});

describe.concurrent('the deletion of a node pool', () => {
  it('that never comes to an end goes to a person', async () => {
    const pool = withNodePool({ goneAfterMs: Number.POSITIVE_INFINITY });
    expect(await system.reaches(await deletion(pool), ended)).toMatchObject({ state: 'needs-human' });
    expect(pool.written()).toHaveLength(1);
  });

  it('whose request is lost before it is worked on goes to a person', async () => {
    const pool = withNodePool();
    pool.misbehave('delete-node-pool', () => ({ lost: 'before-work' }));
    expect(await system.reaches(await deletion(pool), ended)).toMatchObject({ state: 'needs-human' });
    expect(pool.written()).toHaveLength(1);
  });
});

describe.concurrent('a migration', () => {
  it('whose request is lost before it is worked on goes to a person', async () => {
    const pool = client.fresh({ nodes: 3 });
    pool.misbehave('batch-migrate', () => ({ lost: 'before-work' }));
    const id = await command('migrate-nodes', pool, {
      nodes: pool.nodeNames.slice(0, 1),
      parameters: { toPoolName: 'quarantine', resourceSpec: { flavor: 'modelarts.vm.2u4g' } },
    });
    expect(await system.reaches(id, ended)).toMatchObject({ state: 'needs-human' });
    expect(pool.written()).toHaveLength(1);
  });
});

describe.concurrent('the change of a node pool', () => {
  it('that does not make it as large as it should be ends', async () => {
    const pool = withNodePool({ capacity: 2 });
    const id = await command('update-node-pool', pool, { nodePool: 'np-1', parameters: resize(5) });
    const shown = await system.reaches(id, ended);
    expect(shown.state).toMatch(/failed|needs-human/);
    expect(shown.why).toMatch(/2/);
    expect(pool.written()).toHaveLength(1);
  });

  it('that does not end is given up, and can be set back', async () => {
    const pool = withNodePool({ convergesMs: Number.POSITIVE_INFINITY });
    const stuck = await command('update-node-pool', pool, { nodePool: 'np-1', parameters: resize(3) });
    const shown = await system.reaches(stuck, ended);
    expect(shown.state).toMatch(/failed|needs-human/);
    expect(pool.written()).toHaveLength(1);
    const back = await command('update-node-pool', pool, { nodePool: 'np-1', parameters: resize(2) });
    const { state, why } = await system.reaches(back, [...ended, 'running', 'verifying', 'deferred']);
    expect(state, why).not.toBe('skipped');
  });
});

it('nothing that was sent is against a page', () => {
  expect(system.api.violations).toEqual([]);
});
