import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { actions, mayBeSentTwice, traitsOf } from '#lib/actions/traits';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import { batchUpdateNodes } from '#lib/modelarts/endpoints/batch-update-nodes';
import { PROCESS_LIVES_MS } from '#lib/remediation/execution/recover';
import { declaredFunctions } from '#local/stack/functions';
import { apiError, createBench, nodeName, POOL, RULES } from '#test/remediation/bench';
import { live } from '../../sweep/mortal.ts';

const MINUTE = 60_000;
const NODE = nodeName(1);
const TAGS = { action: 'createTags', tags: [{ key: 'Env', value: 'prod' }] };
const COMMAND = {
  id: 'mine',
  action: 'update-nodes',
  pool: POOL,
  nodes: [NODE],
  parameters: TAGS,
  mode: 'act',
};

type Bench = ReturnType<typeof createBench>;

function sent(bench: Bench): number {
  return bench.bodies('batchUpdateNodes').length;
}

/** A command whose process dies right after the API has done the work, and before any record of it. */
async function diesAfterItsRequest(bench: Bench): Promise<void> {
  await bench.command(COMMAND);
  const { put } = bench.store;
  let isDead = false;
  bench.api.after = (endpoint) => {
    isDead ||= endpoint === 'batchUpdateNodes';
  };
  bench.store.put = (document, version) =>
    isDead ? Promise.reject(new Error('killed')) : put(document, version);
  await bench.advance(5_000);
  expect(isDead).toBe(true);
  bench.store.put = put;
  bench.api.after = () => {};
}

test.each(actions)('%s may be sent twice if its endpoint says so, and only then', (action) => {
  expect(mayBeSentTwice(action)).toBe(traitsOf(action).endpoint.idempotent);
});

describe('after a process has died between its request and its record', () => {
  test('a request that leaves the same state is sent again', async () => {
    const bench = createBench(RULES, updateNodes);
    await diesAfterItsRequest(bench);
    await live(bench, 60 * MINUTE);
    expect(sent(bench)).toBe(2);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
  });

  describe('an action whose endpoint is not idempotent', () => {
    const endpoint: { idempotent: boolean } = batchUpdateNodes;
    beforeEach(() => {
      endpoint.idempotent = false;
    });
    afterEach(() => {
      endpoint.idempotent = true;
    });

    test.each([
      ['its message comes again', (_bench: Bench) => {}],
      [
        'its message is lost',
        (bench: Bench) => {
          bench.queues.commands = [];
        },
      ],
    ])('is not sent again, where %s: a person gets a notice', async (_name, happens) => {
      const bench = createBench(RULES, updateNodes);
      await diesAfterItsRequest(bench);
      happens(bench);
      await live(bench, 3 * 60 * MINUTE);
      expect(sent(bench)).toBe(1);
      expect(bench.remediations()).toMatchObject([{ state: 'needs-human' }]);
    });
  });
});

/** A command whose message is delivered again during its first request. `during`: what happens after that, before the answer. */
async function twice(during: (bench: Bench) => Promise<void>): Promise<Bench> {
  const bench = createBench(RULES, updateNodes);
  await bench.command(COMMAND);
  const copies = [...bench.queues.commands];
  let isFirst = true;
  bench.api.before = async (endpoint) => {
    if (endpoint !== 'batchUpdateNodes' || !isFirst) return;
    isFirst = false;
    await bench.deliver('commands', copies);
    await during(bench);
  };
  await live(bench, 60 * MINUTE);
  return bench;
}

describe('a message that is delivered a second time while its request is under way', () => {
  test('waits for the answer, which counts', async () => {
    const bench = await twice(() => Promise.resolve());
    expect(sent(bench)).toBe(1);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
  });

  test.each([
    ['the other process has called, too', () => {}],
    [
      'the other process has deferred it',
      (endpoint: string) => {
        if (endpoint === 'listPoolNodes')
          throw apiError(endpoint, { outcome: 'unknown', transient: true, status: 503 });
      },
    ],
  ])('is sent again if the answer comes later than a process lives, and %s', async (_, before) => {
    const bench = await twice(async (running) => {
      running.stand(PROCESS_LIVES_MS + 1_000);
      running.api.before = before;
      await running.drain('commands');
      running.api.before = () => {};
    });
    expect(sent(bench)).toBe(2);
    expect(bench.remediations()).toMatchObject([{ state: 'succeeded' }]);
    expect(bench.notices).toEqual([]);
  });

  test('waits as long as a function of an action may run', () => {
    const named: readonly string[] = actions;
    const longest = declaredFunctions
      .filter(({ name }) => named.includes(name))
      .map((one) => one.timeoutSeconds);
    expect(PROCESS_LIVES_MS).toBe(Math.max(...longest) * 1_000);
  });
});
