import { expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { addPools, startSimulatorFor } from '#local/start/start-simulator';

const id = (letter: string) => `pool-${letter.repeat(4)}-6f5da086876d4cd084d36f8bd3346036`;
const rulesWith = (pools: Record<string, string>) => {
  const file = Object.entries(pools).map(([name, pool]) => [name, { id: pool }]);
  return parseRules(JSON.stringify({ pools: Object.fromEntries(file) }), 'poolkeeper.yml');
};

test('the simulator gets the pools that a change of the rules names, and keeps the others', async () => {
  await using simulator = await startSimulatorFor(rulesWith({ 'train-a': id('a') }), {});
  const shown = () => simulator.control.state().pools.map((pool) => `${pool.name} ${pool.id.slice(5, 9)}`);
  const before = shown();
  const changed = rulesWith({ 'train-a': id('c'), B: id('b'), 'train-b': id('d') });
  addPools(changed, simulator);
  // The first has the name of a pool with another id. The second has a name that the vendor does not allow.
  expect(shown()).toEqual([...before, 'pool-3 cccc', 'pool-4 bbbb', 'train-b dddd']);
  addPools(changed, simulator);
  expect(shown()).toHaveLength(before.length + 3);
});
