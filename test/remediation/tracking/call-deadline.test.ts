import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { turnsOf } from '#lib/remediation/record/call-deadline';
import { createBench, firing, nodeName, POOL } from '#test/remediation/bench';

const MINUTE = 60_000;

const rules = (ladder: string) => `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
rules:
  - name: card-lost
    when: { labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    maxEvidenceAge: 7d
    ladder: [ ${ladder} ]
deadlines: { reset-nodes: 45m }
`;
const rolling = (strategy: string, maxUnavailable: number) => ({
  rollingConfig: { strategy, maxUnavailable },
});
const reset = (strategy: string, maxUnavailable: number, more = '') =>
  `{ reset-nodes: { rollingConfig: { strategy: ${strategy}, maxUnavailable: ${maxUnavailable} } }${more} }`;

type Bench = ReturnType<typeof createBench>;

/** How long each remediation may run, in minutes from the call. */
const timesOf = (bench: Bench) =>
  bench.remediations().map(({ deadline = '' }) => (Date.parse(deadline) - bench.now()) / MINUTE);

async function resetAll(text: string, count: number) {
  const bench = createBench(rules(text));
  await bench.receive(...Array.from({ length: count }, (_, index) => firing(nodeName(index + 1))));
  await bench.drain('commands');
  expect(bench.resets()).toHaveLength(1);
  return bench;
}

const command = (index: number, options?: object) => ({
  action: 'reset-nodes',
  pool: 'train-a',
  nodes: [nodeName(index)],
  parameters: rolling('RollingByNumber', 9),
  mode: 'act',
  ...(options && { options }),
});

describe('the turns of a request', () => {
  test.each<[number, string, number, number]>([
    [20, 'RollingByNumber', 1, 20],
    [20, 'RollingByNumber', 6, 4],
    [20, 'RollingByNumber', 50, 1],
    [20, 'RollingByPercent', 25, 4],
    [20, 'RollingByPercent', 100, 1],
    [10, 'RollingByPercent', 1, 10],
    [3, 'RollingByPercent', 50, 3],
    [1, 'RollingByNumber', 1, 1],
  ])('%i nodes, %s %i: %i', (nodes, strategy, step, turns) => {
    expect(turnsOf(rolling(strategy, step), nodes)).toBe(turns);
  });

  test('are one where nothing rolls', () => {
    expect(turnsOf({ fromClusterName: 'a' }, 20)).toBe(1);
    expect(turnsOf({}, 0)).toBe(1);
  });

  test('are never fewer than the nodes need, nor more than there are nodes', () => {
    const strategy = fc.constantFrom('RollingByNumber', 'RollingByPercent');
    fc.assert(
      fc.property(
        strategy,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 500 }),
        (how, step, nodes) => {
          const turns = turnsOf(rolling(how, step), nodes);
          const atOnce = how === 'RollingByNumber' ? step : (nodes * step) / 100;
          expect(turns * Math.max(1, atOnce)).toBeGreaterThanOrEqual(nodes);
          expect(turns).toBeLessThanOrEqual(nodes);
        },
      ),
    );
  });
});

describe('the deadline of a call', () => {
  test('grows with the turns of its rolling, also where many commands share it', async () => {
    const bench = await resetAll(reset('RollingByNumber', 1), 20);
    expect(timesOf(bench)).toEqual(Array.from({ length: 20 }, () => 20 * 45));
    // Past the time of one turn no person needs a notice: the others have yet to come.
    await bench.advance(14 * 60 * MINUTE, 10 * MINUTE);
    expect(bench.remediations().map(({ state }) => state)).not.toContain('needs-human');
    await bench.advance(2 * 60 * MINUTE, 10 * MINUTE);
    expect(bench.remediations().map(({ state }) => state)).not.toContain('running');
  });

  test('grows by a percentage of the nodes of the call', async () => {
    expect(timesOf(await resetAll(reset('RollingByPercent', 25), 20))[0]).toBe(4 * 45);
  });

  test('of a rung is its own, for each turn', async () => {
    expect(timesOf(await resetAll(reset('RollingByNumber', 5, ', deadline: 2h'), 1))).toEqual([120]);
    expect(timesOf(await resetAll(reset('RollingByNumber', 5, ', deadline: 2h'), 10))[0]).toBe(240);
  });

  test('of a command is its own, kept while it waits, and of several in one call the longest', async () => {
    const bench = createBench(rules(reset('RollingByNumber', 1)));
    await bench.command(command(1, { deadline: '3h' }));
    await bench.drain('commands');
    expect(timesOf(bench)).toEqual([180]);
    expect(bench.remediations()[0]).toMatchObject({ options: { deadline: '3h' } });
    await bench.command(command(2, { deadline: '10m' }));
    await bench.command(command(3));
    await bench.drain('commands');
    expect(timesOf(bench)).toEqual([180, 45, 45]);
  });
});
