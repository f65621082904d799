import { beforeAll, describe, expect, it } from 'vitest';
import { gatewayError } from '../strict-modelarts/answer.ts';
import type { Fault, StrictPool } from '../strict-modelarts/pool.ts';
import { alert } from './clients/alertmanager.ts';
import { type System, startSystem } from './stack/system.ts';
import { poolId, resetRule } from './stack/test-rules.ts';
import { until } from './stack/until.ts';

/** `LOAD=small npm run load` does the same with less. */
const isFull = process.env['LOAD'] === 'full';
const POOLS = isFull ? 8 : 3;
const NODES = isFull ? 500 : 30;
/** The part of every pool, in percent. */
const BUDGET = isFull ? 20 : 40;
const MAX_UNAVAILABLE = Math.floor((Math.ceil(NODES / POOLS) * BUDGET) / 100);
const KILLING_MS = isFull ? 15_000 : 6_000;
const KILLS = isFull ? 50 : 15;

const poolNames = Array.from({ length: POOLS }, (_, index) => `load-${index}`);
const final = ['succeeded', 'failed', 'skipped', 'needs-human'];

const rules = {
  pools: Object.fromEntries(
    poolNames.map((name) => [
      name,
      {
        id: poolId(name),
        budget: { maxUnavailable: `${BUDGET}%`, perDay: '100%' },
        storm: { nodes: '100%' },
        breaker: { failures: 5, pause: '2s' },
      },
    ]),
  ),
  rules: [resetRule('card-lost'), resetRule('card-hot')],
  polling: { first: '1s', every: '1s' },
  // A lost answer is looked for after a minute; the rest of the time is for two polls.
  deadlines: { 'reset-nodes': '70s' },
};

/** Numbers between 0 and 1, the same in every run. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = seededRandom(4711);

let system: System;
let pools: StrictPool[];
/** Whether resets go well from now on: each lost answer is looked for, for a minute and more. */
let isCalm = false;
/** The most nodes that were out of service in a pool, with those of the request, whenever one arrived. */
const mostOut = new Map<string, number>();

beforeAll(async () => {
  // The message of a killed function is delivered again after as long.
  system = await startSystem({ name: 'killed-functions', rules, timeoutSeconds: 32 });
  pools = poolNames.map((name, index) =>
    system.api.addPool(poolId(name), {
      nodes: Math.floor(NODES / POOLS) + (index < NODES % POOLS ? 1 : 0),
      phase: 'Available',
      job: { durationMs: 1_500, inputs: (nodeNames) => nodeNames.join(',') },
    }),
  );
  for (const pool of pools) {
    pool.misbehave('batch-reset', ({ body }) => {
      pool.advance(Date.now());
      const { nodeNames } = body as { nodeNames: string[] };
      const out = [...pool.nodes.values()].filter(({ phase }) => phase !== 'Available');
      const together = new Set([...nodeNames, ...out.map(({ name }) => name)]).size;
      mostOut.set(pool.id, Math.max(together, mostOut.get(pool.id) ?? 0));
      if (isCalm) return undefined;
      return oneOf([
        [0.04, { lost: 'after-work' }],
        [0.03, { instead: true, ...gatewayError(503, '0605', 'Backend down.') }],
        [0.02, { instead: true, ...gatewayError(429, '0308', 'Throttling threshold reached.') }],
      ]);
    });
    for (const operation of ['list-nodes', 'list-jobs', 'list-workloads'] as const) {
      pool.misbehave(operation, () =>
        oneOf([[0.04, { instead: true, ...gatewayError(503, '0605', 'Backend down.') }]]),
      );
    }
  }
  return async () => system[Symbol.asyncDispose]();
});

function oneOf(faults: readonly [probability: number, fault: Fault][]): Fault | undefined {
  let drawn = random();
  for (const [probability, fault] of faults) {
    if (drawn < probability) return fault;
    drawn -= probability;
  }
  return undefined;
}

/** Ends a function's process, as a machine does that goes down: without a warning. */
function killOne(): void {
  const sandboxes = system.cloud.sandboxes();
  const victim = sandboxes[Math.floor(random() * sandboxes.length)];
  try {
    if (victim) process.kill(victim.pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}

/** Delivers alerts as Alertmanager does: again, until they are accepted. */
async function deliver(alerts: readonly object[]): Promise<string[]> {
  for (;;) {
    const answer = await system.deliver(...alerts).catch(() => undefined);
    if (answer?.status === 202) return answer.remediations.map(({ id }) => id);
  }
}

/** Two alerts for each node, each delivered twice, in notifications of ten. */
function notifications(): object[][] {
  const startsAt = new Date(Date.now() - 1_000).toISOString();
  const alerts = pools.flatMap((pool, index) =>
    pool.nodeNames.flatMap((instance) =>
      ['card-lost', 'card-hot'].flatMap((alertname) => {
        const one = alert({
          alertname,
          pool: poolNames[index] ?? '',
          instance,
          startsAt,
          fingerprint: `${alertname}-${instance}`,
        });
        return [one, one];
      }),
    ),
  );
  const shuffled = alerts
    .map((each) => ({ each, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ each }) => each);
  return Array.from({ length: shuffled.length / 10 }, (_, index) =>
    shuffled.slice(index * 10, index * 10 + 10),
  );
}

describe(`${4 * NODES} alerts for ${NODES} nodes in ${POOLS} pools, while functions are killed and the API fails`, () => {
  it('end in one outcome each, no node is reset twice, and no pool is over its budget', async () => {
    const ids = new Set<string>();
    let kills = 0;
    const killing = setInterval(() => {
      kills += 1;
      killOne();
    }, 300);
    const waiting = notifications();
    expect(waiting.flat()).toHaveLength(4 * NODES);
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        for (let next = waiting.pop(); next; next = waiting.pop())
          for (const id of await deliver(next)) ids.add(id);
      }),
    );
    expect(ids.size).toBe(2 * NODES);
    await new Promise((resolve) => {
      setTimeout(resolve, KILLING_MS);
    });
    clearInterval(killing);
    isCalm = !isFull;
    for (const pool of pools)
      for (const operation of ['list-nodes', 'list-jobs', 'list-workloads'] as const)
        pool.misbehave(operation);
    expect(kills).toBeGreaterThan(KILLS);

    let left = '';
    await until(
      async () => {
        await system.cloud.invoke('sweep', { time: new Date().toISOString() });
        const open = await openRemediations();
        left = open.slice(0, 5).join('; ');
        return open.length === 0 ? true : undefined;
      },
      () => `not at an end: ${left}`,
      10,
    );

    const states = await countStates();
    expect(states.total).toBe(2 * NODES);
    expect(system.api.resetTwice()).toEqual([]);
    expect([...mostOut.values()].filter((out) => out > MAX_UNAVAILABLE)).toEqual([]);
    expect(system.api.violations).toEqual([]);
    const resets = pools.flatMap((pool) => pool.nodeNames.filter((name) => pool.resets(name) === 1)).length;
    // Every node but those whose call a person has to look at, or that the API would not reset.
    expect(resets).toBeGreaterThanOrEqual(NODES - states.count('needs-human') - states.count('failed'));
  });
});

async function everyRemediation() {
  const all = await Promise.all(
    pools.map(async ({ id }) => {
      const found: Awaited<ReturnType<System['list']>>['remediations'] = [];
      let cursor = '';
      do {
        const { remediations, next } = await system.list(`pool=${id}&limit=100${cursor}`);
        found.push(...remediations);
        cursor = next === undefined ? '' : `&cursor=${next}`;
      } while (cursor !== '');
      return found;
    }),
  );
  return all.flat();
}

async function openRemediations(): Promise<string[]> {
  const all = await everyRemediation();
  return all
    .filter(({ state }) => !final.includes(state))
    .map(({ nodes, state, why }) => `${nodes?.join()} is ${state} (${why})`);
}

async function countStates() {
  const all = await everyRemediation();
  const by = new Map<string, number>();
  for (const { state } of all) by.set(state, (by.get(state) ?? 0) + 1);
  return { total: all.length, by, count: (state: string) => by.get(state) ?? 0 };
}
