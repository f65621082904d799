import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  joinMembers,
  MAX_NODES_PER_CALL,
  type Member,
  mentions,
  splitMembers,
} from '#lib/remediation/execution/join';

let count = 0;
function member(targets: readonly string[], terms: Record<string, unknown> = {}, nodePool?: string): Member {
  count += 1;
  const remediation = { id: `r${count}`, ...(nodePool !== undefined && { nodePool }) };
  return { remediation, targets, terms, records: [] } as unknown as Member;
}

/** Commands for nodes of their own, some of them in the same terms, with the keys of a request in any order. */
const members = fc
  .array(
    fc.record({
      size: fc.integer({ min: 1, max: 9 }),
      terms: fc.constantFrom({}, { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, { a: 2 }),
      nodePool: fc.constantFrom(undefined, 'np-1', 'np-2'),
    }),
    { maxLength: 25 },
  )
  .map((list) =>
    list.map(({ size, terms, nodePool }, index) =>
      member(
        Array.from({ length: size }, (_, node) => `node-${index}-${node}`),
        terms,
        nodePool,
      ),
    ),
  );

const termsOf = ({ terms, remediation }: Member) => {
  const { a, b } = terms as { a?: number; b?: { c: number; d: number } };
  return JSON.stringify([a, b?.c, b?.d, remediation.nodePool]);
};

test('calls hold every command once and whole, in the same terms, in order, within the limit, and are as few as can be', () => {
  fc.assert(
    fc.property(members, fc.integer({ min: 1, max: 20 }), (list, maxNodes) => {
      const calls = joinMembers(list, maxNodes);
      expect(new Set(calls.flat())).toEqual(new Set(list));
      expect(calls.flat()).toHaveLength(list.length);
      for (const call of calls) {
        expect(call.length).toBeGreaterThan(0);
        expect(new Set(call.map(termsOf)).size).toBe(1);
        expect(call).toEqual(list.filter((one) => call.includes(one)));
        // A command is never torn apart, so one that is larger than the limit is a call of its own.
        if (call.length > 1) expect(nodesIn(call)).toBeLessThanOrEqual(maxNodes);
      }
      for (const [one, next] of calls.map((call, index) => [call, calls[index + 1]] as const)) {
        if (!next || termsOf(one[0]!) !== termsOf(next[0]!)) continue;
        expect(list.indexOf(one.at(-1)!)).toBeLessThan(list.indexOf(next[0]!));
        expect(nodesIn(one) + next[0]!.targets.length).toBeGreaterThan(maxNodes);
      }
    }),
  );
});

function nodesIn(call: readonly Member[]): number {
  return call.reduce((sum, { targets }) => sum + targets.length, 0);
}

test('fifty nodes are one call, the next is another', () => {
  const list = Array.from({ length: 51 }, (_, index) => member([`node-${index}`]));
  expect(joinMembers(list).map(({ length }) => length)).toEqual([MAX_NODES_PER_CALL, 1]);
});

describe('a refused call is cut', () => {
  test('until every command stands alone: nothing is lost or doubled, and it comes to an end', () => {
    fc.assert(
      fc.property(members, fc.infiniteStream(fc.nat()), (list, choices) => {
        const pending = [list];
        const alone: Member[] = [];
        let cuts = 0;
        while (pending.length > 0) {
          const call = pending.pop()!;
          const nodes = call.flatMap(({ targets }) => targets);
          const named = nodes[choices.next().value % (nodes.length + 1)];
          const parts = splitMembers(call, `these cannot be reset: ${named ?? 'you know which'}`);
          if (!parts) {
            alone.push(...call);
            continue;
          }
          cuts += 1;
          for (const part of parts) expect(part.length).toBeGreaterThan(0);
          expect(parts.flat()).toHaveLength(call.length);
          pending.push(...parts);
        }
        expect(new Set(alone)).toEqual(new Set(list));
        expect(alone).toHaveLength(list.length);
        expect(cuts).toBe(Math.max(0, list.length - 1));
      }),
    );
  });

  const [a, b, c, d] = [['node-1'], ['node-10'], ['node-2', 'node-3'], ['node-4']].map((nodes) =>
    member(nodes),
  ) as [Member, Member, Member, Member];

  test.each([
    ['those that it names, apart from the others', 'node node-3 is locked', [[a, b, d], [c]]],
    ['a name, not the beginning of a longer one', 'Node "node-1": busy', [[b, c, d], [a]]],
    [
      'halves, where it names none',
      'the pool is busy',
      [
        [a, b],
        [c, d],
      ],
    ],
    [
      'halves, where it names all',
      'node-1 node-10, node-2/node-4',
      [
        [a, b],
        [c, d],
      ],
    ],
  ])('into %s', (_, refusal, parts) => {
    expect(splitMembers([a, b, c, d], refusal)).toEqual(parts);
  });

  test('no further than to one command', () => {
    expect(splitMembers([c], 'node-2 is locked')).toBeUndefined();
    expect(splitMembers([], '')).toBeUndefined();
  });
});

test.each([
  ['node-1', true],
  ['NODE-1.', true],
  ['["node-1","x"]', true],
  ['node-1.', true],
  ['x:node-1:y', true],
  ['node-10', false],
  ['node-1-2', false],
  ['a-node-1', false],
  ['a.node-1', false],
  ['nodes', false],
])('a text mentions node-1: %j %s', (text, expected) => {
  expect(mentions(text, 'node-1')).toBe(expected);
});
