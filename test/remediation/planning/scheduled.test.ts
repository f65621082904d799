import { describe, expect, test } from 'vitest';
import { fireSchedule } from '#lib/schedule/fire';
import { createBench, nodeName, POOL } from '#test/remediation/bench';

const SELECTED = [1, 2, 3, 4, 5].map(nodeName);
const HOUR = 3_600_000;

/** A pool of 120 healthy nodes; a schedule re-images five of them at ten o'clock. */
function world({ pool = '', schedule = '', nodes = '{ name: os-node-created-0000[1-5] }' } = {}) {
  const rules = (more: string) => `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 2, perDay: 100% }${pool} }
schedules:
  - name: image
    cron: "0 10 * * ? *"
    ${more}
    reset-nodes: { pool: train-a, nodes: ${nodes}, nodeConfig: { imageId: image-b } }
polling: { first: 90s, every: 30s }
`;
  const bench = createBench(rules(schedule));
  for (const node of bench.nodes.values()) node.phase = 'Available';
  return {
    ...bench,
    fire: () =>
      fireSchedule(
        { schedule: 'image', scheduledAt: '2026-11-20T10:00:00Z' },
        bench.services,
        bench.invocation(),
      ),
    only: () => bench.remediations()[0]!,
  };
}

const LISTED = { nodes: `[${SELECTED.join(', ')}]` };

/** Lets each job that runs end well. */
function endJobs({ jobs, endJob }: ReturnType<typeof world>): void {
  for (const { jobId, phase } of jobs) if (phase === 'Running') endJob(jobId);
}

describe('nodes that a schedule re-images', () => {
  test('go in parts that the budget allows, each once', async () => {
    const bench = world(LISTED);
    await bench.fire();
    await bench.advance(10_000);
    expect(bench.resets().map(({ body }) => body.nodeNames.length)).toEqual([2]);
    for (let round = 0; round < 12; round += 1) {
      endJobs(bench);
      await bench.advance(5 * 60_000);
    }
    expect(bench.only()).toMatchObject({ state: 'succeeded' });
    const named = bench.resets().flatMap(({ body }) => body.nodeNames);
    expect(named.toSorted()).toEqual(SELECTED);
    expect(Math.max(...bench.resets().map(({ body }) => body.nodeNames.length))).toBe(2);
    expect(bench.resets()[0]!.body.nodeConfig).toEqual({ imageId: 'image-b' });
  });

  test('are left alone where they run a workload, and the others are not', async () => {
    const bench = world({ nodes: `[${SELECTED[0]}, ${SELECTED[1]}]` });
    const { privateIp } = bench.nodes.get(SELECTED[0]!)!;
    bench.workloads.push({ name: 'train-llm', status: 'Running', hostIps: [privateIp] });
    await bench.fire();
    await bench.advance(10_000);
    expect(bench.resets().map(({ body }) => body.nodeNames)).toEqual([[SELECTED[1]]]);
    expect(bench.only().outcomes[SELECTED[0]!]).toMatchObject({ state: 'skipped' });
  });

  test('are re-imaged outside of the windows: the schedule has named its own time', async () => {
    const bench = world({ ...LISTED, pool: ', windows: [{ start: "0 3 * * ? *", length: 1h }]' });
    await bench.fire();
    await bench.advance(10_000);
    expect(bench.resets()).toHaveLength(1);
  });

  test.each([
    ['', 6],
    ['within: 2h', 2],
  ])(
    'wait for their turn as long as the schedule says, and then go to a person: %s',
    async (schedule, hours) => {
      const bench = world({ ...LISTED, schedule });
      for (const other of [11, 12, 13]) bench.nodes.get(nodeName(other))!.phase = 'Abnormal';
      await bench.fire();
      await bench.advance(hours * HOUR - 60_000, 60_000);
      expect(bench.only().state).toBe('deferred');
      await bench.advance(20 * 60_000, 60_000);
      expect(bench.only()).toMatchObject({
        state: 'needs-human',
        why: expect.stringContaining(`the limit is ${hours} h`),
      });
      expect(bench.resets()).toEqual([]);
    },
  );

  test.each([
    ['the schedule now says observe', { mode: 'observe' as const }, 'schedule image now says observe'],
    ['the schedule is gone', undefined, 'schedule image is no longer in the rules file'],
  ])('are not touched where %s', async (_, later, why) => {
    const bench = world(LISTED);
    await bench.fire();
    const [schedule] = bench.rules.schedules;
    bench.rules.schedules.splice(0, 1, ...(later ? [{ ...schedule!, ...later }] : []));
    await bench.advance(10_000);
    expect(bench.resets()).toEqual([]);
    expect(bench.only()).toMatchObject({ state: 'observed', why: expect.stringContaining(why) });
  });
});

test('the node that a schedule selects is read again at the call', async () => {
  const bench = world({ nodes: '{ name: os-node-created-00001 }' });
  await bench.fire();
  bench.nodes.get(SELECTED[0]!)!.phase = 'Creating';
  await bench.advance(10_000);
  expect(bench.resets()).toEqual([]);
});
