import { expect, test } from 'vitest';
import { rememberCall } from '#lib/capacity/remember-call';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { at, HOUR, MINUTE } from './pool-facts.ts';

const NODE = { pool: 'pool-a', node: 'n1' };

function call(remediation: string, calledMs: number) {
  return { remediation, action: 'reset-nodes', calledAt: at(calledMs), outcome: 'succeeded' };
}

function round(root: string, ms: number) {
  return { round: { rule: 'card-lost', root, at: at(ms) } };
}

async function remembered(...memories: Parameters<typeof rememberCall>[2][]): Promise<any> {
  const store = createMemoryStore();
  for (const memory of memories) await rememberCall(store, NODE, memory);
  return store.documents()[0]?.['value'];
}

test('the last call of a node stays the last one, whenever an earlier one is remembered', async () => {
  const earlier = { last: call('r', 0) };
  const later = { last: call('s', HOUR) };
  expect(await remembered(earlier, later)).toEqual({ ...NODE, ...later });
  expect(await remembered(later, earlier)).toEqual({ ...NODE, ...later });
});

test('what is known better of the same call takes its place', async () => {
  const unknown = { last: { ...call('r', 0), outcome: 'unknown' } };
  const known = { last: call('r', 0) };
  expect(await remembered(unknown, known)).toEqual({ ...NODE, ...known });
});

test('a ladder counts once, however many of its rungs are remembered', async () => {
  const { rounds } = await remembered(round('r', 0), round('r', MINUTE), round('s', HOUR));
  expect(rounds).toEqual([
    { rule: 'card-lost', root: 'r', at: at(0) },
    { rule: 'card-lost', root: 's', at: at(HOUR) },
  ]);
});

test('of more ladders than are kept the newest are', async () => {
  const all = Array.from({ length: 102 }, (_, index) => round(`r${index}`, index * MINUTE));
  const { rounds } = await remembered(...all);
  expect([rounds.length, rounds[0].root, rounds.at(-1).root]).toEqual([100, 'r2', 'r101']);
});

test('the hour in which a node counts is the later one', async () => {
  const [early, late] = [{ countedIn: at(0) }, { countedIn: at(HOUR) }];
  expect(await remembered(early, late)).toEqual({ ...NODE, ...late });
  expect(await remembered(late, early)).toEqual({ ...NODE, ...late });
});

test('a call that leaves nothing to remember has no document', async () => {
  expect(await remembered({})).toBeUndefined();
});
