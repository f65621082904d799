import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ScheduleFiring } from '#events/schedule';
import { type Action, actions } from '#lib/actions/traits';
import type { Queue, QueueMessage } from '#lib/aws/queue';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { createLogger } from '#lib/log';
import { parseRules } from '#lib/rules/parse/parse';
import { fireSchedule } from '#lib/schedule/fire';
import { clientOf } from '#test/strict-modelarts/client';
import { remediationsIn } from '../ledger/joined.ts';

const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const entry = (
  name: string,
  cron: string,
  more: object = {},
  nodePool = 'np-1',
  resources: object = { count: 2, maxCount: 2 },
) => ({
  name,
  cron,
  'update-node-pool': { pool: 'train-a', nodePool, resources },
  ...more,
});
const shrink = entry('shrink-at-night', '0 20 * * ? *', { timezone: 'Europe/Berlin' });
const grow = entry('grow-in-the-morning', '0 6 * * ? *', { timezone: 'Europe/Berlin' }, 'np-1', {
  count: 8,
  maxCount: 8,
});

const tagging = (name: string, cron: string, key: string) => ({
  name,
  cron,
  'update-nodes': {
    pool: 'train-a',
    nodes: { name: 'npu-*' },
    action: 'createTags',
    tags: [{ key, value: name }],
  },
});

const into = (list: QueueMessage[]) => ({
  send(messages: readonly QueueMessage[]) {
    list.push(...messages);
    return Promise.resolve();
  },
});

type Listed = { name: string; flavor?: string; labels?: Record<string, string> };

function bench(schedules: object[], start = '2026-11-20T19:00:20Z') {
  let now = Date.parse(start);
  const rules = parseRules(JSON.stringify({ pools: { 'train-a': { id: POOL } }, schedules }), 'rules.yml');
  const store = createMemoryStore();
  const sent: (QueueMessage & { to: string })[] = [];
  const deadLetters: QueueMessage[] = [];
  /** The nodes in the API's list; undefined: it cannot be read. */
  const api = { nodes: [] as Listed[] | undefined, unreadable: 0, reads: 0 };
  const client = clientOf(() => {
    api.reads += 1;
    if (!api.nodes) throw new Error('the API is down');
    return {
      nodes: api.nodes.map((node) => ({ phase: 'Available', labels: {}, ...node })),
      unreadable: Array.from({ length: api.unreadable }, () => ({ why: 'it has no name' })),
    };
  });
  const queue = (to: string): Queue => ({
    send(messages) {
      sent.push(...messages.map((message) => ({ ...message, to })));
      return Promise.resolve();
    },
  });
  const services = {
    store,
    rules,
    clock: { now: () => now, sleep: () => Promise.resolve() },
    modelarts: () => client,
    commands: Object.fromEntries(actions.map((action) => [action, queue(action)])) as Record<Action, Queue>,
    deadLetters: into(deadLetters),
    notices: queue('notify'),
  };
  const log = createLogger({}, { write: () => {} });
  return {
    fire: (schedule: string, scheduledAt: string) =>
      fireSchedule({ schedule, scheduledAt }, services, {
        log,
        beganAtMs: now,
        deadlineMs: now + 28_000,
        signal: new AbortController().signal,
      }),
    at(time: string): void {
      now = Date.parse(time);
    },
    api,
    services,
    deadLetters,
    sent,
    commands: () => sent.map(({ body }) => JSON.parse(body)),
    remediations: () => remediationsIn(store.documents()),
  };
}

test('a firing is one command, known by the schedule and its time', async () => {
  const { fire: firing, commands, remediations } = bench([shrink]);
  await firing('shrink-at-night', '2026-11-20T19:00:00Z');
  const id = 'schedule:shrink-at-night:2026-11-20T19:00:00.000Z';
  expect(commands()).toEqual([
    {
      id,
      action: 'update-node-pool',
      pool: POOL,
      nodePool: 'np-1',
      parameters: { spec: { resources: { count: 2, maxCount: 2 } } },
      evidenceAt: '2026-11-20T19:00:20.000Z',
      reason: { source: 'schedule', schedule: 'shrink-at-night', scheduledAt: '2026-11-20T19:00:00.000Z' },
      mode: 'act',
    },
  ]);
  expect(remediations()).toMatchObject([{ id, state: 'submitting' }]);
});

test('the same firing again, also later, is the same command, word for word', async () => {
  const world = bench([shrink]);
  await world.fire('shrink-at-night', '2026-11-20T19:00:00Z');
  world.at('2026-11-20T19:05:00Z');
  await world.fire('shrink-at-night', '2026-11-20T19:00:00Z');
  const [first, second] = world.commands();
  expect(second).toEqual(first);
  expect(world.remediations()).toHaveLength(1);
});

test('in mode observe it is recorded, and explained by the function that would do it', async () => {
  const world = bench([{ ...shrink, mode: 'observe' }]);
  await world.fire('shrink-at-night', '2026-11-20T19:00:00Z');
  expect(world.commands()).toMatchObject([{ mode: 'observe' }]);
  expect(world.remediations()).toMatchObject([{ state: 'observed' }]);
});

test('a firing of a schedule that is gone is a dead letter with the reason', async () => {
  const world = bench([shrink]);
  await world.fire('no-more', '2026-11-20T19:00:00Z');
  expect(world.commands()).toEqual([]);
  expect(world.deadLetters).toEqual([
    {
      body: '{"schedule":"no-more","scheduledAt":"2026-11-20T19:00:00Z"}',
      attributes: {
        reason: 'the rules file of this version has no schedule "no-more": was it renamed or removed?',
      },
    },
  ]);
});

test('when the ledger or the queue fails, the firing fails and is repeated', async () => {
  const world = bench([shrink]);
  const { commands } = world.services;
  const down = { send: () => Promise.reject(new Error('SQS is down')) };
  world.services.commands = { ...commands, 'update-node-pool': down };
  await expect(world.fire('shrink-at-night', '2026-11-20T19:00:00Z')).rejects.toThrow('SQS is down');
  world.services.commands = commands;
  await world.fire('shrink-at-night', '2026-11-20T19:00:00Z');
  expect(world.commands()).toHaveLength(1);
});

describe('two entries at the same time for the same node pool', () => {
  const weekend = entry('friday', '0 20 ? * FRI *', { timezone: 'Europe/Berlin' }, 'np-1', {
    count: 0,
    maxCount: 0,
  });

  test.each([
    ['shrink-at-night', 'friday'],
    ['friday', 'shrink-at-night'],
  ])('the later in the file is carried out, in any order of their firings: %s, %s', async (...order) => {
    const world = bench([shrink, weekend]);
    for (const name of order) await world.fire(name, '2026-11-20T19:00:00Z');
    expect(world.commands().map(({ reason }) => reason.schedule)).toEqual(['friday']);
    const superseded = world.remediations().find(({ id }) => id.includes('shrink'));
    expect(superseded).toMatchObject({
      state: 'skipped',
      why: 'superseded by friday, which fires at the same time and comes later in the rules file',
    });
  });

  test('on any other day there is only one', async () => {
    const world = bench([shrink, weekend], '2026-11-19T19:00:20Z');
    await world.fire('shrink-at-night', '2026-11-19T19:00:00Z');
    expect(world.commands()).toHaveLength(1);
  });

  test.each([
    ['only observes', { ...weekend, mode: 'observe' }],
    ['is for another node pool', entry('friday', '0 20 ? * FRI *', { timezone: 'Europe/Berlin' }, 'np-2')],
    [
      'changes other fields',
      entry('friday', '0 20 ? * FRI *', { timezone: 'Europe/Berlin' }, 'np-1', { labels: { night: 'yes' } }),
    ],
  ])('one that %s is no rival', async (_, other) => {
    const world = bench([shrink, other]);
    await world.fire('shrink-at-night', '2026-11-20T19:00:00Z');
    expect(world.commands()).toHaveLength(1);
  });

  test('the same time in another zone is the same time', async () => {
    const world = bench([shrink, entry('utc', '0 19 * * ? *')]);
    await world.fire('shrink-at-night', '2026-11-20T19:00:00Z');
    expect(world.commands()).toEqual([]);
  });
});

describe('a firing that comes late', () => {
  test('is carried out while nothing has fired for its node pool since', async () => {
    const world = bench([shrink, grow], '2026-11-21T04:59:00Z');
    await world.fire('shrink-at-night', '2026-11-20T19:00:00Z');
    expect(world.commands()).toMatchObject([{ evidenceAt: '2026-11-21T04:59:00.000Z' }]);
  });

  test('is skipped once another entry has fired, and the ledger says which', async () => {
    const world = bench([shrink, grow], '2026-11-21T05:00:30Z');
    await world.fire('shrink-at-night', '2026-11-20T19:00:00Z');
    expect(world.commands()).toEqual([]);
    expect(world.remediations()).toMatchObject([
      {
        state: 'skipped',
        why: 'the firing arrives 10 h late, and grow-in-the-morning has fired since, at 2026-11-21T05:00:00.000Z',
      },
    ]);
  });

  test('is skipped once its own schedule has fired again', async () => {
    const world = bench([entry('hourly', '0 * * * ? *')], '2026-11-20T20:00:05Z');
    await world.fire('hourly', '2026-11-20T19:00:00Z');
    await world.fire('hourly', '2026-11-20T20:00:00Z');
    expect(world.commands().map(({ reason }) => reason.scheduledAt)).toEqual(['2026-11-20T20:00:00.000Z']);
  });

  test('is skipped after a day, on any schedule', async () => {
    const world = bench([entry('yearly', '0 20 1 1 ? *')], '2027-01-02T20:00:01Z');
    await world.fire('yearly', '2027-01-01T20:00:00Z');
    expect(world.remediations()).toMatchObject([
      { state: 'skipped', why: expect.stringContaining('the limit is 1 d') },
    ]);
  });

  test('stays as it was decided first, when it comes again', async () => {
    const world = bench([shrink, grow]);
    await world.fire('shrink-at-night', '2026-11-20T19:00:00Z');
    world.at('2026-11-21T05:10:00Z');
    await world.fire('shrink-at-night', '2026-11-20T19:00:00Z');
    expect(world.remediations()).toMatchObject([{ state: 'submitting' }]);
  });
});

test('of two entries that always fire together the later in the file is carried out', async () => {
  const twin = { ...shrink, name: 'twin', cron: '0  20 * * ? *' };
  const world = bench([shrink, twin]);
  await world.fire('twin', '2026-11-20T19:00:00Z');
  await world.fire('shrink-at-night', '2026-11-20T19:00:00Z');
  expect(Object.fromEntries(world.remediations().map(({ id, state }) => [id.split(':')[1], state]))).toEqual({
    twin: 'submitting',
    'shrink-at-night': 'skipped',
  });
});

const NIGHT = '2026-11-20T19:00:00Z';
const FIRST = 'schedule:image:2026-11-20T19:00:00.000Z';
const image = (nodes: unknown, more: object = {}) => ({
  name: 'image',
  cron: '0 19 * * ? *',
  'reset-nodes': { pool: 'train-a', nodes, nodeConfig: { imageId: 'image-b' } },
  ...more,
});
const named = (count: number, prefix = 'os-node') =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(4, '0')}`);

const labels = (zone: string, nodePool = 'np-1') => ({
  zone,
  'os.modelarts.node/nodepoolname': nodePool,
});

describe('a schedule of nodes', () => {
  test('names them, and nothing is read', async () => {
    const world = bench([image(['os-node-b', 'os-node-a'], { interruptWorkloads: true, deadline: '2h' })]);
    world.api.nodes = undefined;
    await world.fire('image', NIGHT);
    expect(world.sent.map(({ to }) => to)).toEqual(['reset-nodes']);
    expect(world.commands()).toEqual([
      {
        id: FIRST,
        action: 'reset-nodes',
        pool: POOL,
        nodes: ['os-node-b', 'os-node-a'],
        parameters: {
          rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 },
          nodeConfig: { imageId: 'image-b' },
        },
        evidenceAt: '2026-11-20T19:00:20.000Z',
        reason: { source: 'schedule', schedule: 'image', scheduledAt: '2026-11-20T19:00:00.000Z' },
        options: { interruptWorkloads: true, deadline: '2h' },
        mode: 'act',
      },
    ]);
  });

  test('selects them when it fires, as a tag policy does', async () => {
    const world = bench([
      image({ flavor: 'modelarts.bm.*', nodePool: 'np-1', labels: { zone: ['a', 'b'] } }),
    ]);
    world.api.nodes = [
      { name: 'other-flavor', flavor: 'modelarts.vm.2u4g', labels: labels('a') },
      { name: 'two', flavor: 'modelarts.bm.npu', labels: labels('b') },
      { name: 'one', flavor: 'modelarts.bm.npu', labels: labels('a') },
      { name: 'other-zone', flavor: 'modelarts.bm.npu', labels: labels('c') },
      { name: 'other-pool', flavor: 'modelarts.bm.npu', labels: labels('a', 'np-2') },
    ];
    await world.fire('image', NIGHT);
    expect(world.commands()).toMatchObject([{ nodes: ['one', 'two'] }]);
    expect(world.remediations()[0]!.receipts).toContainEqual(
      expect.objectContaining({ step: 'selection', selected: 2, listed: 5 }),
    );
  });

  test.each([
    ['update-nodes', { action: 'closeHaRedundant' }, {}],
    ['update-nodes', { action: 'deleteTags', tags: [{ key: 'Temp', value: 'yes' }] }, {}],
    [
      'migrate-nodes',
      { toPoolName: 'train-a', resourceSpec: { flavor: 'modelarts.vm.2u4g' } },
      { toPoolName: POOL },
    ],
  ])('is any action on nodes: %s %j', async (action, parameters, compiled) => {
    const schedule = {
      name: 'image',
      cron: '0 19 * * ? *',
      [action]: { pool: 'train-a', nodes: ['os-node-a'], ...parameters },
    };
    const world = bench([schedule]);
    await world.fire('image', NIGHT);
    expect(world.sent.map(({ to }) => to)).toEqual([action]);
    expect(world.commands()).toMatchObject([{ action, parameters: { ...parameters, ...compiled } }]);
  });

  test('that selects none of those there are is skipped, and says so', async () => {
    const world = bench([image({ name: 'gpu-*' })]);
    world.api.nodes = [{ name: 'npu-1' }, { name: 'npu-2' }];
    await world.fire('image', NIGHT);
    expect(world.sent).toEqual([]);
    expect(world.remediations()).toMatchObject([
      { id: FIRST, state: 'skipped', nodes: [], why: 'the schedule selects none of the 2 nodes of the pool' },
    ]);
  });

  test.each([
    ['act', 'needs-human'],
    ['observe', 'skipped'],
  ])('of a pool without a single listed node is no empty selection: in mode %s %s', async (mode, state) => {
    const world = bench([image({ name: '*' }, { mode })]);
    await world.fire('image', NIGHT);
    expect(world.sent).toEqual([]);
    expect(world.remediations()).toMatchObject([{ state, why: expect.stringContaining('lists no node') }]);
  });

  test('that selects none, where some cannot be read, is for a person: they may be those', async () => {
    const world = bench([image({ name: 'gpu-*' })]);
    world.api.nodes = [{ name: 'npu-1' }];
    world.api.unreadable = 1;
    await world.fire('image', NIGHT);
    expect(world.remediations()).toMatchObject([
      { state: 'needs-human', why: expect.stringContaining('1 more cannot be read') },
    ]);
  });

  test('of a pool that cannot be read fails, leaves no trace, and is repeated', async () => {
    const world = bench([image({ name: '*' })]);
    world.api.nodes = undefined;
    await expect(world.fire('image', NIGHT)).rejects.toThrow('the API is down');
    expect(world.remediations()).toEqual([]);
    world.api.nodes = [{ name: 'npu-1' }];
    await world.fire('image', NIGHT);
    expect(world.commands()).toMatchObject([{ nodes: ['npu-1'] }]);
  });

  test('that is overtaken is skipped, and nothing is read', async () => {
    const close = {
      name: 'close',
      cron: '0 20 * * ? *',
      'update-nodes': { pool: 'train-a', nodes: { name: 'npu-*' }, action: 'closeHaRedundant' },
    };
    const open = {
      ...close,
      name: 'open',
      cron: '0 8 * * ? *',
      'update-nodes': { ...close['update-nodes'], action: 'openHaRedundant' },
    };
    const world = bench([open, close], '2026-11-20T20:00:30Z');
    world.api.nodes = undefined;
    await world.fire('open', '2026-11-20T08:00:00Z');
    expect(world.remediations()).toMatchObject([
      { state: 'skipped', nodes: [], why: expect.stringContaining('close has fired since') },
    ]);
  });

  test('that is about a tag is overtaken by one about the same tag in other letters', async () => {
    const day = tagging('day', '0 8 * * ? *', 'Shift');
    const world = bench([day, tagging('night', '0 20 * * ? *', 'shift')], '2026-11-20T20:00:30Z');
    await world.fire('day', '2026-11-20T08:00:00Z');
    expect(world.remediations()).toMatchObject([
      { state: 'skipped', why: expect.stringContaining('night has fired since') },
    ]);
  });

  test.each([
    [
      'other nodes',
      { 'update-nodes': { pool: 'train-a', nodes: { name: 'gpu-*' }, action: 'closeHaRedundant' } },
    ],
    [
      'something else',
      {
        'update-nodes': {
          pool: 'train-a',
          nodes: { name: 'npu-*' },
          action: 'createTags',
          tags: [{ key: 'a', value: 'b' }],
        },
      },
    ],
    ['a node pool', { 'delete-node-pool': { pool: 'train-a', nodePool: 'np-1' } }],
  ])('is not overtaken by one about %s', async (_, work) => {
    const open = {
      name: 'open',
      cron: '0 8 * * ? *',
      'update-nodes': { pool: 'train-a', nodes: { name: 'npu-*' }, action: 'openHaRedundant' },
    };
    const world = bench([open, { name: 'other', cron: '0 20 * * ? *', ...work }], '2026-11-20T20:00:30Z');
    world.api.nodes = [{ name: 'npu-1' }];
    await world.fire('open', '2026-11-20T08:00:00Z');
    expect(world.commands()).toHaveLength(1);
  });
});

describe('a schedule of more nodes than a command can name', () => {
  const all = image({ name: '*' });

  test('is several commands, and none names a node of another', async () => {
    const world = bench([all]);
    world.api.nodes = named(1200).map((name) => ({ name }));
    await world.fire('image', NIGHT);
    expect(
      world.commands().map(({ id, nodes, reason }) => [id, nodes.length, reason.part, reason.parts]),
    ).toEqual([
      [FIRST, 500, 1, 3],
      [`${FIRST}:2`, 500, 2, 3],
      [`${FIRST}:3`, 200, 3, 3],
    ]);
    expect(new Set(world.commands().flatMap(({ nodes }) => nodes)).size).toBe(1200);
  });

  test('goes on where an earlier delivery died, with any nodes by now', async () => {
    const world = bench([all]);
    world.api.nodes = named(1200).map((name) => ({ name }));
    const { commands } = world.services;
    let sends = 0;
    const dying: Queue = {
      send: (messages) => {
        sends += 1;
        return sends === 2 ? Promise.reject(new Error('it died')) : commands['reset-nodes'].send(messages);
      },
    };
    world.services.commands = { ...commands, 'reset-nodes': dying };
    await expect(world.fire('image', NIGHT)).rejects.toThrow('it died');
    const before = world.remediations().map(({ nodes }) => nodes);

    // The first node is gone, and another has come.
    world.api.nodes = [...named(1200).slice(1), 'os-node-0000-new'].map((name) => ({ name }));
    await world.fire('image', NIGHT);
    const after = world.remediations();
    expect(after.map(({ nodes }) => nodes).slice(0, 2)).toEqual(before);
    const names = after.flatMap(({ nodes = [] }) => nodes);
    expect(new Set(names).size).toBe(names.length);
    expect(after).toHaveLength(3);
  });

  test('that has all of its commands asks for no more of them, and reads nothing', async () => {
    const world = bench([all]);
    world.api.nodes = named(600).map((name) => ({ name }));
    await world.fire('image', NIGHT);
    world.api.reads = 0;
    world.api.nodes = named(900).map((name) => ({ name }));
    await world.fire('image', NIGHT);
    expect(world.remediations()).toHaveLength(2);
    expect(world.api.reads).toBe(0);
  });

  test('has a bound', async () => {
    const world = bench([all]);
    world.api.nodes = named(10_001).map((name) => ({ name }));
    await world.fire('image', NIGHT);
    expect(world.sent).toEqual([]);
    expect(world.remediations()).toMatchObject([
      { state: 'needs-human', why: expect.stringContaining('selects 10001 nodes') },
    ]);
  });
});

test('a deletion is a command like any other, and its function asks for the approval', async () => {
  const world = bench([
    { name: 'image', cron: '0 19 * * ? *', 'delete-node-pool': { pool: 'train-a', nodePool: 'np-night' } },
  ]);
  await world.fire('image', NIGHT);
  expect(world.commands()).toMatchObject([
    { action: 'delete-node-pool', nodePool: 'np-night', parameters: {} },
  ]);
});

test('the sample is what the function takes', () => {
  const sample = readFileSync(
    new URL('../../events/schedules/shrink-at-night.json', import.meta.url),
    'utf8',
  );
  expect(ScheduleFiring.parse(JSON.parse(sample))).toEqual({
    schedule: 'shrink-at-night',
    scheduledAt: '2026-11-20T19:00:00Z',
  });
});
