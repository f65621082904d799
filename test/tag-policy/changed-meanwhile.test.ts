import { describe, expect, test } from 'vitest';
import { poolTagPoliciesKey } from '#lib/ledger/pool-tag-policies';
import { createTagBench, nodeName, POOL } from './tag-bench.ts';

const costCentre = { name: 'cost-centre', pool: 'train-a', require: { Env: 'prod' } };
const others = { name: 'others', pool: 'train-a', require: { Team: 'a' } };

describe('a command of a tag policy that waits', () => {
  test.each<[string, object[]]>([
    ['the policy has ended', [others]],
    ['it requires another value', [{ ...costCentre, require: { Env: 'test' } }]],
    ['it no longer selects the node', [{ ...costCentre, nodes: { name: 'other-*' } }]],
    ['it only observes', [{ ...costCentre, mode: 'observe' }]],
  ])('creates nothing where %s', async (_, changed) => {
    const bench = createTagBench([costCentre], 1);
    await bench.enforce();
    bench.deploy(changed);
    await bench.work();
    expect(bench.updates()).toEqual([]);
    expect(bench.remediations()).toMatchObject([
      { state: 'skipped', why: expect.stringContaining('the next comparison asks for what is still due') },
    ]);
  });

  test('creates its tag where another policy of the same demand has taken the place of the first', async () => {
    const bench = createTagBench([costCentre], 1);
    await bench.enforce();
    bench.deploy([{ ...costCentre, name: 'successor' }]);
    await bench.work();
    expect(bench.tagsOf(nodeName(1))).toEqual({ Env: 'prod' });
  });

  test('deletes a forbidden tag no more where the policy has ended', async () => {
    const forbid = { ...others, forbid: { Owner: 'x' } };
    const bench = createTagBench([forbid], 1);
    bench.nodes.get(nodeName(1))!.tags.set('Owner', 'x');
    await bench.enforce();
    bench.deploy([others]);
    await bench.work();
    expect(bench.tagsOf(nodeName(1))).toEqual({ Owner: 'x', Team: 'a' });
  });

  test('does not delete the tag of a policy that is back', async () => {
    const bench = createTagBench([costCentre, others], 1);
    await bench.run();
    bench.deploy([others]);
    await bench.enforce();
    bench.deploy([costCentre, others]);
    bench.clear();
    await bench.work();
    expect(bench.updates()).toEqual([]);
    expect(bench.tagsOf(nodeName(1))).toEqual({ Env: 'prod', Team: 'a' });
  });

  test.each<[string, object[], Record<string, string>]>([
    ['still gives a key its right letters after the wrong ones are gone', [], { Env: 'green' }],
    ['creates no value that a policy forbids by now', [{ ...others, forbid: { Env: 'green' } }], {}],
  ])('%s', async (_, deployed, left) => {
    const bench = createTagBench([], 1);
    await bench.command(commandOf({ action: 'createTags', tags: [{ key: 'env', value: 'green' }] }));
    await bench.work();
    await bench.receive({
      name: 'spelling',
      scope: { pool: 'train-a' },
      policy: { tags: { env: { tag_key: { '@@assign': 'Env' } } } },
      mode: 'act',
    });
    bench.deploy(deployed);
    // The deletion of the wrong letters comes first.
    for (const command of bench.queues.commands) command.dueMs = bench.now();
    bench.queues.commands.reverse();
    await bench.work();
    expect(bench.tagsOf(nodeName(1))).toEqual(left);
  });

  test('is left to the next comparison where the reading hides the labels that the policy selects by', async () => {
    const byLabel = { ...costCentre, nodes: { labels: { zone: 'a' } } };
    const bench = createTagBench([byLabel], 0);
    const node = bench.addNode('n1', { labels: { zone: 'a' } });
    await bench.enforce();
    node.labels = {};
    await bench.work();
    expect(bench.updates()).toEqual([]);
    node.labels = { zone: 'a' };
    bench.stand(3_600_000);
    await bench.run();
    expect(bench.tagsOf('n1')).toEqual({ Env: 'prod' });
  });

  test('waits while the policies cannot be read', async () => {
    const bench = createTagBench([costCentre], 1);
    await bench.enforce();
    const key = poolTagPoliciesKey(POOL);
    const stored = (await bench.store.get(key))!;
    await bench.store.put({ ...stored, value: { odd: true } }, stored.version);
    await bench.work();
    expect(bench.updates()).toEqual([]);
    expect(bench.remediations()[0]?.state).not.toBe('skipped');
  });
});

test('a command of another producer is not compared with the policies', async () => {
  const bench = createTagBench([costCentre], 1);
  await bench.command(commandOf({ action: 'createTags', tags: [{ key: 'Mine', value: '1' }] }));
  await bench.work();
  expect(bench.tagsOf(nodeName(1))).toMatchObject({ Mine: '1' });
});

function commandOf(parameters: object) {
  return {
    id: 'by-hand',
    action: 'update-nodes',
    pool: 'train-a',
    nodes: [nodeName(1)],
    parameters,
    mode: 'act',
  };
}
