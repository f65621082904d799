import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ScheduleFiring } from '#events/schedule';
import type { QueueMessage } from '#lib/aws/queue';
import { createMemoryStore } from '#lib/ledger/memory-store';
import type { Remediation } from '#lib/ledger/remediation';
import { createLogger } from '#lib/log';
import { parseRules } from '#lib/rules/parse';
import { fire } from '#lib/schedule/fire';

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

const into = (list: QueueMessage[]) => ({
  send(messages: readonly QueueMessage[]) {
    list.push(...messages);
    return Promise.resolve();
  },
});

function bench(schedules: object[], start = '2026-11-20T19:00:20Z') {
  let now = Date.parse(start);
  const rules = parseRules(JSON.stringify({ pools: { 'train-a': { id: POOL } }, schedules }), 'rules.yml');
  const store = createMemoryStore();
  const sent: QueueMessage[] = [];
  const deadLetters: QueueMessage[] = [];
  const services = {
    store,
    rules,
    clock: { now: () => now, sleep: () => Promise.resolve() },
    commands: into(sent),
    deadLetters: into(deadLetters),
  };
  const log = createLogger({}, { write: () => {} });
  return {
    fire: (schedule: string, scheduledAt: string) =>
      fire({ schedule, scheduledAt }, services, {
        log,
        deadlineMs: now + 28_000,
        signal: new AbortController().signal,
      }),
    at(time: string): void {
      now = Date.parse(time);
    },
    services,
    deadLetters,
    commands: () => sent.map(({ body }) => JSON.parse(body)),
    remediations: () =>
      store
        .documents()
        .filter(({ pk }) => pk.startsWith('remediation#'))
        .map(({ value }) => value as Remediation),
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
      attributes: { reason: 'the rules file has no schedule with the name "no-more"' },
    },
  ]);
});

test('when the ledger or the queue fails, the firing fails and is repeated', async () => {
  const world = bench([shrink]);
  const { commands } = world.services;
  world.services.commands = { send: () => Promise.reject(new Error('SQS is down')) };
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
  ])('the later in the file is carried out, in whatever order they come: %s, %s', async (...order) => {
    const world = bench([shrink, weekend]);
    for (const name of order) await world.fire(name, '2026-11-20T19:00:00Z');
    expect(world.commands().map(({ reason }) => reason.schedule)).toEqual(['friday']);
    const superseded = world.remediations().find(({ id }) => id.includes('shrink'));
    expect(superseded).toMatchObject({
      state: 'skipped',
      why: 'superseded: friday, which is later in the rules file, fires at the same time',
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
        why: 'the firing comes 10h after its time: grow-in-the-morning has fired since, for 2026-11-21T05:00:00.000Z',
      },
    ]);
  });

  test('is skipped once its own schedule has fired again', async () => {
    const world = bench([entry('hourly', '0 * * * ? *')], '2026-11-20T20:00:05Z');
    await world.fire('hourly', '2026-11-20T19:00:00Z');
    await world.fire('hourly', '2026-11-20T20:00:00Z');
    expect(world.commands().map(({ reason }) => reason.scheduledAt)).toEqual(['2026-11-20T20:00:00.000Z']);
  });

  test('is skipped after a day, whatever has fired', async () => {
    const world = bench([entry('yearly', '0 20 1 1 ? *')], '2027-01-02T20:00:01Z');
    await world.fire('yearly', '2027-01-01T20:00:00Z');
    expect(world.remediations()).toMatchObject([
      { state: 'skipped', why: expect.stringContaining('more than') },
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

test('the sample is what the function takes', () => {
  const sample = readFileSync(new URL('../../events/schedule-shrink-at-night.json', import.meta.url), 'utf8');
  expect(ScheduleFiring.parse(JSON.parse(sample))).toEqual({
    schedule: 'shrink-at-night',
    scheduledAt: '2026-11-20T19:00:00Z',
  });
});
