import { expect, test } from 'vitest';
import { createBench, firing, nodeName } from '../bench.ts';

const listsOf = ({ requests }: ReturnType<typeof createBench>): number =>
  requests.filter(({ endpoint }) => endpoint === 'listWorkloads').length;

/** A pool whose first command has just been carried out, and a second one that arrives so much later. */
async function secondCommand(afterMs: number) {
  const bench = createBench();
  await bench.receive(firing(nodeName(1)));
  await bench.drain('commands');
  expect(bench.resets()).toHaveLength(1);
  const before = listsOf(bench);
  bench.stand(afterMs);
  await bench.receive(firing(nodeName(2)));
  return { bench, asked: () => listsOf(bench) - before };
}

test('a command that follows within seconds asks for the plain list of workloads alone, twice', async () => {
  const { bench, asked } = await secondCommand(10_000);
  await bench.drain('commands');
  expect(bench.resets()).toHaveLength(2);
  expect(asked()).toBe(2);
});

test('a later command proves the workloads anew', async () => {
  const { bench, asked } = await secondCommand(13_000);
  await bench.drain('commands');
  expect(bench.resets()).toHaveLength(2);
  expect(asked()).toBe(12);
});

test('a workload that has begun since is seen', async () => {
  const { bench } = await secondCommand(10_000);
  const { privateIp = '' } = bench.nodes.get(nodeName(2)) ?? {};
  bench.workloads.push({ name: 'begun', type: 'train', status: 'Running', hostIps: [privateIp] });
  await bench.drain('commands');
  expect(bench.resets()).toHaveLength(1);
  expect(bench.remediations()[1]).toMatchObject({ state: 'deferred', why: expect.stringContaining('begun') });
});

test('no call rests on lists that are older than twenty seconds', async () => {
  const { bench } = await secondCommand(11_000);
  let isSlow = true;
  bench.api.before = (endpoint) => {
    if (endpoint !== 'listWorkloads' || !isSlow) return;
    isSlow = false;
    bench.stand(10_000);
  };
  await bench.drain('commands');
  expect(bench.resets()).toHaveLength(1);
  await bench.advance(5 * 60_000);
  expect(bench.resets()).toHaveLength(2);
});
