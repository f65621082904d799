import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cloud } from '#local/cloud/cloud';
import type { ScheduleDescription } from '#local/cloud/description';
import { type Simulator, startSimulator } from '#local/simulator/simulator';
import { secretsApart } from '#local/stack/secrets';
import { createStillClock } from '../fake-system/still-clock.ts';
import type { ShownRemediation } from './clients/http-client.ts';
import { buildSystem } from './stack/build-system.ts';
import { patient } from './stack/patient-stack.ts';
import { startStrictCloud } from './stack/strict-cloud.ts';
import { until } from './stack/until.ts';

const pools = {
  'train-a': 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036',
  night: 'pool-night-6f5da086876d4cd084d36f8bd3346036',
};
const consoleToken = 'console-token-schedules-test-31f0-c8e2';
/** Scaling takes minutes. */
const SPEED = 120;

const rules = {
  pools: { 'train-a': { id: pools['train-a'] }, night: { id: pools.night } },
  tagPolicies: Array.from({ length: 10 }, (_, index) => ({
    name: `policy-${index}`,
    pool: 'train-a',
    require: { [`Key${index}`]: `value-${index}` },
  })),
  // The build divides them by the speed; none is to pass here, however busy the machine is.
  deadlines: { 'update-nodes': '2d', 'update-node-pool': '2d' },
  schedules: [
    {
      name: 'shrink-at-night',
      cron: '30 2 * * ? *',
      timezone: 'Europe/Berlin',
      'update-node-pool': { pool: 'night', nodePool: 'np-1', resources: { count: 2, maxCount: 2 } },
    },
  ],
};

// The night before the clocks of Berlin are put forward. The functions live in the present, months before.
const clock = createStillClock('2027-03-26T23:50:00Z');
let simulator: Simulator;
let cloud: Cloud;
const logs: { functionName: string; line: string }[] = [];

const isOfNodePools = ({ functionName }: ScheduleDescription) => functionName.endsWith('-scale-node-pools');

beforeAll(async () => {
  const built = await buildSystem({ name: 'schedules', rules, simulatorSpeed: SPEED });
  simulator = await startSimulator({
    speed: SPEED,
    pools: [
      { name: 'train-a', id: pools['train-a'], nodes: 1000 },
      {
        name: 'night',
        id: pools.night,
        nodePools: [
          { name: 'np-1', nodes: 4 },
          { name: 'np-2', nodes: 4 },
        ],
      },
    ],
  });
  const describe = patient(built.describe);
  cloud = await startStrictCloud({
    describe(place) {
      const stack = describe(place);
      // The days that the clock skips would be hundreds of runs of the schedules of every few minutes.
      return { ...stack, schedules: stack.schedules.filter(isOfNodePools) };
    },
    root: built.root,
    port: 0,
    clock,
    ...secretsApart({
      MODELARTS_ENDPOINT: simulator.url,
      HUAWEICLOUD_SDK_AK: simulator.credentials.accessKey,
      HUAWEICLOUD_SDK_SK: simulator.credentials.secretKey,
      HUAWEICLOUD_SDK_PROJECT_ID: simulator.projectId,
      HUAWEICLOUD_SDK_REGION: 'cn-north-4',
      POOLKEEPER_CONSOLE_TOKEN: consoleToken,
    }),
    onLog: (functionName, line) => logs.push({ functionName, line }),
    onWarning: (warning) => logs.push({ functionName: 'local', line: warning }),
  });
});

afterAll(async () => {
  await cloud.stop();
  await simulator.close();
});

const requests = (endpoint: string) =>
  simulator.control.state().requests.filter((each) => each.endpoint === endpoint);

async function list(query: string): Promise<ShownRemediation[]> {
  const response = await fetch(`${cloud.url}/remediations?${query}`, {
    headers: { authorization: `Bearer ${consoleToken}` },
  });
  const { remediations } = (await response.json()) as { remediations: ShownRemediation[] };
  return remediations;
}

/** The lines of `enforce-tag-policy` about its runs. */
const runs = () =>
  logs
    .filter(({ functionName }) => functionName.endsWith('-enforce-tag-policy'))
    .map(({ line }) => JSON.parse(line))
    .filter(({ message }) => message === 'tag policies compared');

test('ten tag policies over 1,000 nodes are two calls, and the next run makes none', async () => {
  await cloud.invoke('enforce-tag-policy', { time: '2026-11-20T10:00:00Z' });
  const done = await until(
    async () => {
      const found = await list(`pool=${pools['train-a']}`);
      return found.length === 2 && found.every(({ state }) => state === 'succeeded') ? found : undefined;
    },
    () => JSON.stringify(logs.slice(-5)),
  );
  expect(done.map(({ nodes }) => nodes?.length)).toEqual([500, 500]);
  expect(requests('batch-update-nodes')).toHaveLength(2);
  const { pools: shown } = simulator.control.state();
  const { nodes } = shown.find(({ id }) => id === pools['train-a'])!;
  expect(nodes.filter(({ tags }) => Object.keys(tags).length === 10)).toHaveLength(1000);

  await cloud.invoke('enforce-tag-policy', { time: '2026-11-20T10:15:00Z' });
  expect(runs()[1]).toMatchObject({ nodes: 1000, drifted: 0, commands: [] });
  expect(requests('batch-update-nodes')).toHaveLength(2);
});

test('a node pool shrinks at half past two, and not in the night that has no half past two', async () => {
  await clock.advanceTo('2027-03-27T12:00:00Z');
  let seen: ShownRemediation[] = [];
  const ended = (count: number) =>
    until(
      async () => {
        seen = await list(`pool=${pools.night}`);
        return seen.length === count && seen.every(({ state }) => state === 'succeeded') ? seen : undefined;
      },
      () => JSON.stringify(seen),
    );
  const [first] = await ended(1);
  expect(first).toMatchObject({ id: 'schedule:shrink-at-night:2027-03-27T01:30:00.000Z' });
  expect(requests('update-node-pool').map(({ body }) => body)).toMatchObject([
    { spec: { resources: { count: 2, maxCount: 2 } } },
  ]);

  // EventBridge delivers at least once.
  await cloud.invoke('scale-node-pools', {
    schedule: 'shrink-at-night',
    scheduledAt: '2027-03-27T01:30:00Z',
  });
  await clock.advanceTo('2027-03-29T12:00:00Z');
  const [second] = await ended(2);
  expect(second).toMatchObject({ id: 'schedule:shrink-at-night:2027-03-29T00:30:00.000Z' });
});
