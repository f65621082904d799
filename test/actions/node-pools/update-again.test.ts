import { expect, test } from 'vitest';
import { apiError, createNodePoolBench, MINUTE } from './node-pool-bench.ts';

const change = (id: string, count: number) => ({
  id,
  action: 'update-node-pool',
  nodePool: 'np-1',
  parameters: { spec: { resources: { count } } },
});

test('a change that may have been made keeps its node pool while a guard defers it', async () => {
  const bench = createNodePoolBench();
  bench.api.after = (endpoint) => {
    if (endpoint === 'patchNodePool')
      throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 504 });
  };
  await bench.accept(change('older', 4));
  await bench.settleQueues();
  expect(bench.remediation('older')).toMatchObject({ state: 'deferred' });

  bench.api.after = () => {};
  const { resources } = bench.nodePools.get('np-1')!;
  bench.nodePools.get('np-1')!.resources = { unknown: true };
  await bench.advance(3 * MINUTE);
  expect(bench.remediation('older').why).toContain('does not show');
  await bench.accept(change('newer', 3));
  bench.nodePools.get('np-1')!.resources = resources;
  const counts = () => bench.sent('patchNodePool').map(({ body }) => body.spec.resources.count);
  await bench.advance(5 * MINUTE);
  expect(counts()).toEqual([4, 4]);
  bench.count('np-1', { available: 4 });
  await bench.advance(30 * MINUTE, 10_000);
  expect(counts()).toEqual([4, 4, 3]);
});
