import { describe, expect, test } from 'vitest';
import { Command } from '#events/command';
import { acceptCommand } from '#lib/console/accept-command';
import { HttpProblem } from '#lib/handler/problem';
import { fieldProblems } from '#lib/issues';
import { createNodePoolBench, POOL } from '../actions/node-pools/node-pool-bench.ts';

type Bench = ReturnType<typeof createNodePoolBench>;

const CHANGE = {
  id: 'c-1',
  action: 'update-node-pool',
  pool: 'train-a',
  nodePool: 'np-1',
  parameters: { spec: { resources: { count: 3 } } },
  mode: 'act',
};

function accept(bench: Bench, command: object) {
  return acceptCommand(Command.parse(command), bench.consoleServices, 'ada');
}

async function problemOf(work: Promise<unknown>): Promise<HttpProblem> {
  const problem = await work.catch((error: unknown) => error);
  if (problem instanceof HttpProblem) return problem;
  throw new Error(`It was no problem, but ${String(problem)}`);
}

describe('a command', () => {
  test('is in the ledger and on its queue when its id is answered', async () => {
    const bench = createNodePoolBench();
    expect(await accept(bench, CHANGE)).toEqual({ id: 'c-1' });
    expect(bench.remediation()).toMatchObject({
      state: 'submitting',
      pool: POOL,
      nodePool: 'np-1',
      receipts: [{ step: 'event', source: 'console' }],
    });
    expect(bench.queues.commands.map(({ body }) => JSON.parse(body))).toEqual([{ ...CHANGE, pool: POOL }]);
    await bench.settleQueues();
    expect(bench.remediation()).toMatchObject({ state: 'running' });
  });

  test('without an id gets one of its own', async () => {
    const bench = createNodePoolBench();
    const { id: _, ...command } = CHANGE;
    const first = await accept(bench, command);
    const second = await accept(bench, command);
    expect(first.id).not.toBe(second.id);
    expect(bench.remediation(first.id)).toMatchObject({ nodePool: 'np-1' });
  });

  test('without a mode is only observed', async () => {
    const bench = createNodePoolBench();
    const { mode: _, ...command } = CHANGE;
    await accept(bench, command);
    await bench.settleQueues();
    expect(bench.remediation()).toMatchObject({
      state: 'observed',
      plan: { changes: { count: { from: 2, to: 3 } } },
    });
    expect(bench.sent('patchNodePool')).toEqual([]);
  });

  test('that is stored but not on its queue is put there when it is sent again', async () => {
    const bench = createNodePoolBench();
    const { commands } = bench.consoleServices;
    const queue = commands['update-node-pool'];
    commands['update-node-pool'] = { send: () => Promise.reject(new Error('SQS is away')) };
    await expect(accept(bench, CHANGE)).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('Send the same again with the id c-1'),
      cause: { message: 'SQS is away' },
    });
    commands['update-node-pool'] = queue;
    expect(await accept(bench, CHANGE)).toEqual({ id: 'c-1' });
    await bench.settleQueues();
    expect(bench.remediation()).toMatchObject({ state: 'running' });
  });
});

test('a command without an id that was stored and not sent gets its id in the answer: the same again is the same command', async () => {
  const bench = createNodePoolBench();
  const { id: _id, ...anonymous } = CHANGE;
  const { commands } = bench.consoleServices;
  const queue = commands['update-node-pool'];
  commands['update-node-pool'] = { send: () => Promise.reject(new Error('SQS is away')) };
  const problem: HttpProblem = await accept(bench, anonymous).then(
    () => expect.fail(),
    (reason) => reason,
  );
  commands['update-node-pool'] = queue;
  const { id } = problem.toBody() as unknown as { id: string };
  expect(problem.toBody()).toMatchObject({ status: 503, id: expect.stringMatching(/./) });
  expect(await accept(bench, { ...anonymous, id })).toEqual({ id });
  await bench.settleQueues();
  expect(bench.remediation(id)).toMatchObject({ state: 'running' });
  expect(bench.sent('patchNodePool')).toHaveLength(1);
  expect(bench.remediation(id).receipts[0]).toMatchObject({ step: 'event', by: 'ada' });
});

describe('an id is one command', () => {
  test('the same again, by the name of the pool or its id, is answered alike and done once', async () => {
    const bench = createNodePoolBench();
    for (const pool of ['train-a', POOL, 'train-a']) {
      expect(await accept(bench, { ...CHANGE, pool })).toEqual({ id: 'c-1' });
    }
    await bench.settleQueues();
    expect(await accept(bench, CHANGE)).toEqual({ id: 'c-1' });
    expect(bench.queues.commands).toEqual([]);
    await bench.settleQueues();
    expect(bench.sent('patchNodePool')).toHaveLength(1);
  });

  test.each([
    ['other parameters', { parameters: { spec: { resources: { count: 4 } } } }],
    ['another node pool', { nodePool: 'np-0' }],
    ['another mode', { mode: 'observe' }],
    ['another action', { action: 'delete-node-pool', parameters: {} }],
  ])('with %s it is a conflict, and nothing is done', async (_name, other) => {
    const bench = createNodePoolBench();
    await accept(bench, CHANGE);
    expect(await problemOf(accept(bench, { ...CHANGE, ...other }))).toMatchObject({
      status: 409,
      message: expect.stringContaining('update-node-pool of node pool np-1'),
    });
    expect(bench.queues.commands).toMatchObject([{ to: 'update-node-pool' }]);
  });
});

test('evidence from the future is a mistake of the field, and leaves nothing behind', async () => {
  const bench = createNodePoolBench();
  const at = (aheadMs: number) => new Date(bench.now() + aheadMs).toISOString();
  const { status, errors } = await problemOf(accept(bench, { ...CHANGE, evidenceAt: at(5 * 60_000 + 1) }));
  expect([status, errors]).toEqual([
    400,
    [{ field: 'evidenceAt', message: expect.stringMatching(/^must not be in the future/) }],
  ]);
  expect(bench.store.documents()).toEqual([]);
  // The clocks of others are a little ahead.
  expect(await accept(bench, { ...CHANGE, evidenceAt: at(5 * 60_000) })).toEqual({ id: 'c-1' });
});

test('a pool that is not in the rules file is a mistake of the field, and leaves nothing behind', async () => {
  const bench = createNodePoolBench();
  const problem = await problemOf(accept(bench, { ...CHANGE, pool: 'train-b' }));
  expect(problem).toMatchObject({
    status: 400,
    errors: [{ field: 'pool', message: expect.stringContaining('"train-b"; it has train-a') }],
  });
  expect(bench.store.documents()).toEqual([]);
});

const change = (resources: object, more: object = {}) => ({
  ...CHANGE,
  parameters: { spec: { resources } },
  ...more,
});
const migration = (resourceSpec: object) => ({
  action: 'migrate-nodes',
  pool: 'train-a',
  nodes: ['os-node-1'],
  parameters: { toPoolName: POOL, resourceSpec: { flavor: 'f', ...resourceSpec } },
});

describe('what the pages do not allow is refused at the door, by the path of its field', () => {
  const spec = 'parameters.resourceSpec';
  const disk = { volumeType: 'SSD', size: '100', extendParams: { volumeGroup: 'vgpaas' } };

  test.each<[string, object, string]>([
    ['another node pool', change({ nodePool: 'np-2' }), 'parameters.spec.resources.nodePool'],
    [
      'a size that is none',
      change({ extendParams: { dockerBaseSize: 'abc' } }),
      'parameters.spec.resources.extendParams.dockerBaseSize',
    ],
    ['a label that is none', change({ labels: { k: 'a b' } }), 'parameters.spec.resources.labels.k'],
    ['a null where none may be', change({ count: null }), 'parameters.spec.resources.count'],
    ['a supernode without a step', migration({ creatingStep: {} }), `${spec}.creatingStep.step`],
    [
      'a negative number of disks',
      migration({ dataVolumes: [{ ...disk, count: -3 }], volumeGroupConfigs: [{ volumeGroup: 'vgpaas' }] }),
      `${spec}.dataVolumes[0].count`,
    ],
    [
      'a configuration without disks',
      migration({ volumeGroupConfigs: [{ volumeGroup: 'vgpaas' }] }),
      `${spec}.volumeGroupConfigs[0].volumeGroup`,
    ],
    ['a deadline that is none', change({ count: 3 }, { options: { deadline: '0m' } }), 'options.deadline'],
    ['a deadline without end', change({ count: 3 }, { options: { deadline: '400d' } }), 'options.deadline'],
    [
      'one tag twice',
      {
        action: 'update-nodes',
        pool: 'train-a',
        nodes: ['os-node-1'],
        parameters: { action: 'createTags', tags: ['1', '2'].map((value) => ({ key: 'Env', value })) },
      },
      'parameters.tags[1].key',
    ],
  ])('%s', (_name, command, field) => {
    const { error } = Command.safeParse(command);
    expect(fieldProblems(error?.issues ?? []).map((problem) => problem.field)).toContain(field);
  });

  test('the same node pool, as the API may spell it, is none', () => {
    expect(Command.safeParse(change({ nodePool: 'NP-1', count: 3 })).success).toBe(true);
  });
});

const migrationTo = (toPoolName: string) => ({
  id: 'm-1',
  action: 'migrate-nodes',
  pool: 'train-a',
  nodes: ['os-node-1'],
  parameters: { toPoolName, resourceSpec: { flavor: 'f' } },
});

describe('the destination of a migration', () => {
  test('that is misspelt is a mistake of the field, and leaves nothing behind', async () => {
    const bench = createNodePoolBench();
    const { status, errors } = await problemOf(accept(bench, migrationTo('train-b')));
    expect({ status, errors }).toEqual({
      status: 400,
      errors: [
        {
          field: 'parameters.toPoolName',
          message:
            'there is no pool "train-b" in the rules file, and this is not a pool id either: did you mean "train-a"?',
        },
      ],
    });
    expect(bench.store.documents()).toEqual([]);
  });

  test.each(['train-a', POOL, 'pool-0000-6f5da086876d4cd084d36f8bd3346036'])('may be %s', async (pool) => {
    const bench = createNodePoolBench();
    const queue = { send: () => Promise.resolve() };
    const services = { ...bench.consoleServices, commands: { 'migrate-nodes': queue } };
    await expect(acceptCommand(Command.parse(migrationTo(pool)), services, 'ada')).resolves.toEqual({
      id: 'm-1',
    });
  });
});
