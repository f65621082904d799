import { expect, test } from 'vitest';
import { verifyDeletion } from '#lib/actions/delete-node-pool/verify';
import type { NodeCounts } from '#lib/modelarts/replies/node-counts';
import type { Subject, View } from '#lib/verification/verification';

const DEADLINE = Date.parse('2026-11-20T10:45:00Z');
const NONE: NodeCounts = { available: 0, creating: 0, deleting: 0, abnormal: 0 };

function verdict(nodePools: Record<string, Partial<NodeCounts>>, unknown: string[] = [], now = DEADLINE - 1) {
  const view: View = {
    nodes: [],
    destination: [],
    nodePools: Object.entries(nodePools).map(([name, counts]) => ({
      name,
      resources: {},
      nodeCounts: { ...NONE, ...counts },
    })),
    nodePoolsByName: new Map(unknown.map((name) => [name, 'none'])),
  };
  const before = { state: 'running', notSeenSince: '2026-11-20T10:00:00Z' };
  const subject = { target: 'np-1', before, deadlineMs: DEADLINE, goneAfterMs: 60_000 };
  return verifyDeletion(view, subject as Subject, now);
}

test('lists without it do not show that it is gone', () => {
  const others = { 'np-0': { available: 6 }, 'np-10': { available: 1 } };
  const why =
    'the list of node pools does not show np-1, and the API does not say by its name that it is gone';
  expect(verdict(others)).toEqual({ state: 'verifying', why });
  expect(verdict(others, [], DEADLINE + 60_000)).toEqual({ state: 'verifying', why });
});

test('it is gone when the API says that it does not know it, even if the list shows it', () => {
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
