import { expect, test } from 'vitest';
import { verifyDeletion } from '#lib/actions/delete-node-pool/verify';
import type { NodeCounts } from '#lib/modelarts/replies/node-counts';
import type { Subject, View } from '#lib/verification/verification';

const DEADLINE = Date.parse('2026-11-20T10:45:00Z');
const NONE: NodeCounts = { available: 0, creating: 0, deleting: 0, abnormal: 0 };

function verdict(
  nodePools: Record<string, Partial<NodeCounts>>,
  unknown: string[] = [],
  now = DEADLINE - 1,
  before: Subject['before'] = { state: 'running' },
) {
  const view: View = {
    nodes: [],
    destination: [],
    nodePools: Object.entries(nodePools).map(([name, counts]) => ({
      name,
      resources: {},
      nodeCounts: { ...NONE, ...counts },
    })),
    unknownNodePools: unknown,
  };
  return verifyDeletion(
    view,
    { target: 'np-1', before, deadlineMs: DEADLINE, goneAfterMs: 60_000 } as Subject,
    now,
  );
}

test('it is gone when the list has others and not it, at two looks a minute apart', () => {
  const others = { 'np-0': { available: 6 }, 'np-10': { available: 1 } };
  const first = verdict(others);
  expect(first).toMatchObject({
    state: 'verifying',
    notSeenSince: new Date(DEADLINE - 1).toISOString(),
    why: "the pool's list does not show node pool np-1, so Poolkeeper reads the list once more",
  });
  expect(verdict(others, [], DEADLINE + 59_998, first)).toMatchObject({ state: 'verifying' });
  expect(verdict(others, [], DEADLINE + 59_999, first)).toMatchObject({ state: 'succeeded' });
  // It was there in between.
  const there = verdict({ 'np-1': { deleting: 1 } }, [], DEADLINE, first);
  expect(verdict(others, [], DEADLINE + 70_000, there)).toMatchObject({ state: 'verifying' });
});

test('it is gone when the API says that it does not know it, whatever the list says', () => {
  expect(verdict({ 'np-1': { available: 2 } }, ['np-1'])).toMatchObject({ state: 'succeeded' });
  expect(verdict({}, ['np-1'])).toMatchObject({ state: 'succeeded' });
});

test('an empty list says nothing', () => {
  expect(verdict({})).toMatchObject({ state: 'verifying' });
  expect(verdict({}, [], DEADLINE)).toMatchObject({ state: 'verifying' });
});

test('it is on its way for as long as it is there', () => {
  expect(verdict({ 'np-1': { available: 2 } })).toMatchObject({ state: 'verifying' });
  expect(verdict({ 'np-1': { deleting: 2 } })).toMatchObject({ state: 'verifying' });
  expect(verdict({ 'np-1': {} })).toMatchObject({ state: 'verifying' });
});

test('at the deadline it has failed if nothing moves, and is otherwise left to a person', () => {
  expect(verdict({ 'np-1': { available: 2 } }, [], DEADLINE)).toMatchObject({ state: 'failed' });
  expect(verdict({ 'np-1': { available: 1, deleting: 1 } }, [], DEADLINE)).toMatchObject({
    state: 'verifying',
  });
  expect(verdict({ 'np-1': {} }, [], DEADLINE)).toMatchObject({ state: 'verifying' });
});
