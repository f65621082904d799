import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readingStore } from '#local/rehearsal/ledger';
import { nodeState } from '#local/simulator/control/state';
import { runs } from '#test/runs';
import { alertOf, deliver, MINUTE_MS, POOL, rehearse, START_MS, statesOf } from './bench.ts';

describe('a rehearsal', () => {
  test('resets the node of an alert, follows the job, and tells the recipient', async () => {
    const rehearsal = rehearse(8);
    rehearsal.scheduler.at(START_MS, () => void deliver(rehearsal, alertOf('node-3', START_MS)));
    await rehearsal.scheduler.runUntil(START_MS + 22 * MINUTE_MS);

    const [call] = rehearsal.api.calls;
    expect(rehearsal.api.calls).toHaveLength(1);
    expect(call).toMatchObject({ endpoint: 'batch-reset-nodes', pool: POOL, nodes: ['node-3'], status: 200 });
    expect(statesOf(rehearsal)).toEqual([expect.stringMatching(/^reset-nodes node-3 succeeded/)]);
    expect(rehearsal.deployment.told.map(({ body }) => body.state)).toEqual(['succeeded']);
    expect(rehearsal.isAtRest()).toBe(true);
  });

  test('takes as long as its jobs, on virtual time', async () => {
    const rehearsal = rehearse(8, { jobSeconds: 3_000 });
    rehearsal.scheduler.at(START_MS, () => void deliver(rehearsal, alertOf('node-3', START_MS)));
    await rehearsal.scheduler.runUntil(START_MS + 30 * MINUTE_MS);
    expect(rehearsal.world().pools.get(POOL)?.nodes.get('node-3')?.phase).toBe('Creating');
    await rehearsal.scheduler.runUntil(START_MS + 60 * MINUTE_MS);
    expect(rehearsal.world().pools.get(POOL)?.nodes.get('node-3')?.phase).toBe('Available');
  });

  test('lets the caller decide the outcome of a call', async () => {
    const rehearsal = rehearse(8, {
      beforeCall: ({ nodes }, world) => {
        for (const name of nodes) world.pools.get(POOL)!.nodes.get(name)!.staysBroken = true;
      },
    });
    rehearsal.scheduler.at(START_MS, () => void deliver(rehearsal, alertOf('node-3', START_MS)));
    await rehearsal.scheduler.runUntil(START_MS + 60 * MINUTE_MS);
    expect(statesOf(rehearsal)[0]).toMatch(/^reset-nodes node-3 escalated/);
  });

  test('has the faults of the simulator: a lost answer is searched for, and the call is not sent again', async () => {
    const rehearsal = rehearse(8);
    rehearsal.world().faults.add({
      kind: 'lost-answer',
      match: { endpoint: 'batch-reset-nodes' },
      count: 1,
      probability: 1,
      instead: 'connection-destroyed',
    });
    rehearsal.scheduler.at(START_MS, () => void deliver(rehearsal, alertOf('node-3', START_MS)));
    await rehearsal.scheduler.runUntil(START_MS + 60 * MINUTE_MS);
    expect(rehearsal.api.calls.map(({ status }) => status)).toEqual([undefined]);
    expect(statesOf(rehearsal)).toEqual([expect.stringMatching(/^reset-nodes node-3 succeeded/)]);
  });
});

test('no reader of the table can change a document in it', async () => {
  const rehearsal = rehearse(8);
  rehearsal.scheduler.at(START_MS, () => void deliver(rehearsal, alertOf('node-3', START_MS)));
  await rehearsal.scheduler.runUntil(START_MS + MINUTE_MS);
  const [first] = rehearsal.table.documents();
  const document = first && (await readingStore(rehearsal.table).get(first));
  expect(() => Object.assign(Object(document?.['value']), { id: 'another' })).toThrow(TypeError);
});

const someAlerts = fc.array(
  fc.record({
    node: fc.integer({ min: 1, max: 6 }),
    minute: fc.integer({ min: 0, max: 90 }),
    ends: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

async function outcome(
  alerts: readonly { node: number; minute: number; ends: boolean }[],
  options: Parameters<typeof rehearse>[1],
) {
  const rehearsal = rehearse(6, options);
  for (const { node, minute, ends } of alerts) {
    const atMs = START_MS + minute * MINUTE_MS;
    const alert = alertOf(`node-${node}`, atMs);
    rehearsal.scheduler.at(atMs, () => void deliver(rehearsal, alert));
    const over = { ...alert, status: 'resolved' as const };
    if (ends) rehearsal.scheduler.at(atMs + 4 * MINUTE_MS, () => void deliver(rehearsal, over));
  }
  await rehearsal.scheduler.runUntil(START_MS + 180 * MINUTE_MS);
  const nodes = [...rehearsal.world().pools.get(POOL)!.nodes.values()].map((node) => nodeState(node, POOL));
  return {
    states: statesOf(rehearsal),
    calls: rehearsal.api.calls,
    nodes,
    steps: rehearsal.scheduler.steps(),
  };
}

test('the same seed and inputs give the same run', async () => {
  await fc.assert(
    fc.asyncProperty(someAlerts, fc.integer({ min: 0, max: 9 }), async (alerts, seed) => {
      expect(await outcome(alerts, { seed, jitter: 0.3 })).toEqual(
        await outcome(alerts, { seed, jitter: 0.3 }),
      );
    }),
    { numRuns: runs(5) },
  );
});

function withoutTimes({ states, calls }: Awaited<ReturnType<typeof outcome>>) {
  return {
    states: states.map((state) => state.replace(/ \S+$/, '')).sort(),
    calls: calls.map(({ endpoint, nodes }) => `${endpoint} ${nodes.join()}`).sort(),
  };
}

test('remembered readings make no difference to what is done', async () => {
  await fc.assert(
    fc.asyncProperty(someAlerts, async (alerts) => {
      const [remembered, read] = [
        await outcome(alerts, { remembersReadings: true }),
        await outcome(alerts, { remembersReadings: false }),
      ];
      expect(withoutTimes(remembered)).toEqual(withoutTimes(read));
    }),
    { numRuns: runs(5) },
  );
});
