import { expect, test } from 'vitest';
import { createTagBench, nodeName } from './tag-bench.ts';

const HOUR = 3_600_000;
const policy = (index: number, nodes: object = {}) => ({
  name: `policy-${index}`,
  pool: 'train-a',
  nodes,
  require: { [`Key${index}`]: `value-${index}` },
});
const ten = Array.from({ length: 10 }, (_, index) => index);

test('1,000 nodes and ten policies for all of them are two calls, and none at the next run', async () => {
  const bench = createTagBench(
    ten.map((index) => policy(index)),
    1000,
  );
  await bench.run();
  expect(bench.updates().map(({ nodeNames, tags }) => [nodeNames.length, tags.length])).toEqual([
    [500, 10],
    [500, 10],
  ]);
  bench.clear();
  await bench.run();
  expect(bench.updates()).toEqual([]);
});

test('ten policies that each select other nodes are at most two calls for each policy, with any selection', async () => {
  const bench = createTagBench(
    ten.map((index) => policy(index, { labels: { [`group-${index}`]: 'yes' } })),
    0,
  );
  // Every node in a combination of its own: by nodes alone this would be 300 calls.
  const chosen = (index: number) => ten.filter((bit) => ((3 * index + 1) >> bit) & 1);
  for (let index = 0; index < 300; index += 1) {
    const groups = chosen(index);
    bench.addNode(nodeName(index), {
      labels: Object.fromEntries(groups.map((group) => [`group-${group}`, 'yes'])),
    });
  }
  await bench.run();
  expect(bench.updates().length).toBeLessThanOrEqual(20);
  for (let index = 0; index < 300; index += 1) {
    const wanted = chosen(index).map((bit) => [`Key${bit}`, `value-${bit}`]);
    expect(bench.tagsOf(nodeName(index))).toEqual(Object.fromEntries(wanted));
  }
  bench.clear();
  await bench.run();
  expect(bench.updates()).toEqual([]);
});

test('a policy added later is applied again together with the others', async () => {
  const bench = createTagBench([policy(0)], 10);
  await bench.run();
  bench.stand(3 * HOUR);
  bench.deploy([policy(0), policy(1)]);
  await bench.run();
  bench.clear();
  bench.stand(21 * HOUR);
  await bench.run();
  expect(bench.updates().map(({ tags }) => tags.map(({ key }) => key))).toEqual([['Key0', 'Key1']]);
});

test('no remediation outgrows an item of the table, also where names are long and every node fails twice', async () => {
  const bench = createTagBench(
    ten.map((index) => policy(index)),
    0,
  );
  for (let index = 0; index < 500; index += 1) bench.addNode(`${nodeName(index)}-${'x'.repeat(30)}`);
  const failures = new Map<string, number>();
  bench.update.does = (node) => {
    failures.set(node, (failures.get(node) ?? 0) + 1);
    return failures.get(node)! > 2;
  };
  await bench.run();
  for (const remediation of bench.remediations()) {
    expect(remediation).toMatchObject({ state: 'succeeded' });
    // DynamoDB: 400 KB for an item.
    expect(JSON.stringify(remediation).length).toBeLessThan(350_000);
  }
});
