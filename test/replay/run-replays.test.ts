import { expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { readAssumptions } from '#local/replay/assumptions';
import { readHistory } from '#local/replay/input/read-history';
import { poolsOf } from '#local/replay/pools';
import { runReplays } from '#local/replay/run-replays';
import { RULES } from '#test/rehearsal/bench';
import { MINUTE_MS, webhookLines } from './history.ts';

test('replays in threads have the results of replays one after the other', async () => {
  const rules = parseRules(RULES, 'rules.yml');
  const lines = [
    { node: 'n1', from: 0, to: 30 },
    { node: 'n2', from: 0, to: 60, alertname: 'Other' },
  ];
  const history = readHistory([webhookLines(lines)], 5 * MINUTE_MS);
  const { pools } = poolsOf(history, [], [rules], new Map());
  const runs = ['reset=6m', 'reset=20m'].map((assumed) => ({
    rules,
    history,
    pools,
    seed: 1,
    assumptions: readAssumptions([assumed, 'fails=0%', 'helps=100%']),
  }));
  const shares: number[] = [];
  const apart = await runReplays(runs, (share) => shares.push(share), { processors: 2, worthAThread: 1 });
  expect(apart).toEqual(await runReplays(runs, undefined, { processors: 1 }));
  expect(apart[0]?.remediations[0]?.updatedAt).not.toBe(apart[1]?.remediations[0]?.updatedAt);
  // Less than one of the runs alone, and all of both in the end.
  expect(shares.some((share) => share < 0.5)).toBe(true);
  expect(shares.at(-1)).toBe(1);
});
