import { describe, expect, test } from 'vitest';
import { readAnswer } from '#lib/modelarts/client/answer';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import { listNodePools } from '#lib/modelarts/endpoints/list-node-pools';
import { createNodePoolBench, FLAVOR, MINUTE } from '#test/actions/node-pools/node-pool-bench';
import { degrade, oddities } from './degrade.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const REFUSALS = [400, 401, 403, 404, 410, 503];

type Bench = ReturnType<typeof createNodePoolBench>;

/** The list of node pools as the API writes it. */
function listOf({ nodePools, shownNodePool }: Bench): unknown {
  const items = [...nodePools.keys()].map(shownNodePool).map(({ name, resources, nodeCounts }) => ({
    metadata: { name },
    spec: { resources: { ...resources, flavor: FLAVOR } },
    status: { resources: { available: { count: nodeCounts['available'] } } },
  }));
  return { kind: 'NodePoolList', items };
}

/** The odd answer, read as every answer is. @throws ModelArtsError where it is not believed. */
function oddAnswer(bench: Bench, kind: (typeof oddities)[number] | number, draw: number): unknown {
  const refusal = { error_code: 'ModelArts.0001', error_msg: 'x' };
  const body = typeof kind === 'number' ? refusal : degrade(listOf(bench), kind, (count) => draw % count);
  const answer = {
    kind: 'answer' as const,
    status: typeof kind === 'number' ? kind : 200,
    headers: {},
    body: JSON.stringify(body),
    complete: true,
  };
  const read = readAnswer(answer, listNodePools, {}, NOW);
  if (read.ok) return read.reply;
  throw new ModelArtsError({ ...read.failure, endpoint: listNodePools, path: listNodePools.path });
}

const changes = {
  'update-node-pool': { parameters: { spec: { resources: { count: 4 } } } },
  'delete-node-pool': { parameters: {} },
};

describe.each(Object.entries(changes))('one odd list of node pools before %s', (action, more) => {
  test.each([...oddities, ...REFUSALS])('%s ends nothing', async (kind) => {
    for (const draw of [0, 1, 2, 3]) {
      const bench = createNodePoolBench();
      let reads = 0;
      bench.api.instead = (endpoint) => {
        if (endpoint !== 'listNodePools') return undefined;
        reads += 1;
        return reads === 1 ? oddAnswer(bench, kind, draw) : undefined;
      };
      await bench.accept({ id: 'c-1', action, nodePool: 'np-1', ...more });
      await bench.advance(10 * MINUTE, 20_000);
      expect(reads).toBeGreaterThan(0);
      const { state } = bench.remediation();
      expect({ draw, state }).toMatchObject({
        state: expect.stringMatching(/^(awaiting-approval|running|verifying)$/),
      });
    }
  });
});
