import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneBearer } from '#lib/guards/address';
import { nodePresent } from '#lib/guards/node';
import { nodeNotReplaced } from '#lib/guards/replacement';
import { namedNode } from '#lib/modelarts/reading/named-node';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { at, factsOf, HOUR, MINUTE, NOW, poolOfNodes } from '#test/capacity/pool-facts';
import { runs } from '#test/runs';

const ADDRESS = '10.0.0.1';

/** Nodes `n1`, `n2`, …, with these addresses. */
function poolWith(...addresses: readonly (string | undefined)[]): PoolNode[] {
  return poolOfNodes(addresses.length).map((node, index) => ({
    ...node,
    privateIp: addresses[index],
    createdAt: at(-48 * HOUR),
  }));
}

function facts(nodes: readonly PoolNode[], of: string, remediation: object = {}) {
  const resolution = namedNode(nodes, of);
  return factsOf(nodes, { of, remediation, ...resolution });
}

const verdict = (nodes: readonly PoolNode[], of: string, remediation: object = {}) =>
  oneBearer(facts(nodes, of, remediation), NOW);

describe('an address stands for the only node that bears it', () => {
  test('one bearer is the node', () => {
    const nodes = poolWith('10.0.0.9', ADDRESS);
    expect(verdict(nodes, ADDRESS)).toMatchObject({ allowed: true });
    expect(namedNode(nodes, ADDRESS).node?.name).toBe('n2');
  });

  test('of several bearers none is the node, in any order and phase: a person gets a notice that names them', () => {
    const [old, young] = poolWith(ADDRESS, ADDRESS);
    for (const nodes of [
      [{ ...old!, phase: 'Deleting' }, young!],
      [young!, { ...old!, phase: 'Deleting' }],
    ]) {
      expect(namedNode(nodes, ADDRESS).node).toBeUndefined();
      expect(verdict(nodes, ADDRESS)).toMatchObject({
        allowed: false,
        handsOver: true,
        why: expect.stringMatching(/^2 nodes of the pool have the address 10\.0\.0\.1: .*n1 \(Deleting\)/),
      });
      expect(nodePresent(facts(nodes, ADDRESS), NOW)).toMatchObject({ allowed: false, handsOver: true });
    }
  });

  test('one node that is listed twice is one bearer', () => {
    const [node] = poolWith(ADDRESS);
    expect(namedNode([node!, { ...node! }], ADDRESS).node?.name).toBe('n1');
  });

  test('the beginning of an address is another address', () => {
    expect(namedNode(poolWith('10.0.0.11'), ADDRESS).node).toBeUndefined();
  });

  test('a node that is called like the address of another makes it ambiguous', () => {
    const [first, second] = poolWith('10.0.0.2', ADDRESS);
    expect(namedNode([{ ...first!, name: ADDRESS }, second!], ADDRESS).bearers).toHaveLength(2);
  });

  test('a name needs no address, and no other node has one to show', () => {
    expect(verdict(poolWith(undefined, undefined), 'n1')).toMatchObject({ allowed: true });
  });
});

describe('while another node shows no address', () => {
  const nodes = poolWith(ADDRESS, undefined);

  test('the pool is read once more after a minute', () => {
    expect(verdict(nodes, ADDRESS)).toMatchObject({ allowed: false, defers: true, until: at(MINUTE) });
    const since = (node: string, ms: number) => ({ resolved: { [ADDRESS]: { node, since: at(ms) } } });
    expect(verdict(nodes, ADDRESS, since('n1', -59_000))).toMatchObject({ allowed: false, until: at(1_000) });
    expect(verdict(nodes, ADDRESS, since('n1', -MINUTE))).toMatchObject({ allowed: true });
    expect(verdict(nodes, ADDRESS, since('n2', -HOUR))).toMatchObject({ allowed: false, until: at(MINUTE) });
  });
});

test('an entry of the list that cannot be read may bear the address as well', () => {
  const nodes = poolWith(ADDRESS);
  expect(namedNode(nodes, ADDRESS, 1)).toMatchObject({ node: { name: 'n1' }, unaddressed: 1 });
  expect(namedNode(nodes, 'n1', 1)).toMatchObject({ node: { name: 'n1' }, unaddressed: 0 });
});

test('a reading that shows less of its nodes never lets a call through that the whole reading stops', () => {
  const GUARDS = [oneBearer, nodePresent, nodeNotReplaced];
  const alerts = [{ fingerprint: 'fp', startsAt: at(-HOUR) }];
  const goes = (nodes: readonly PoolNode[]): string | undefined => {
    const known = facts(nodes, ADDRESS, { alerts });
    return GUARDS.every((guard) => guard(known, NOW).allowed) ? known.node?.name : undefined;
  };
  const node = fc.record({
    privateIp: fc.constantFrom(ADDRESS, ADDRESS, '10.0.0.2'),
    createdAt: fc.constantFrom(at(-48 * HOUR), at(-MINUTE)),
    phase: fc.constantFrom('Available', 'Abnormal', 'Deleting'),
  });
  const loss = fc.constantFrom({ privateIp: undefined }, { createdAt: undefined }, { phase: '' }, {});
  fc.assert(
    fc.property(fc.array(fc.tuple(node, loss), { minLength: 1, maxLength: 5 }), (given) => {
      const named = poolOfNodes(given.length);
      const whole = given.map(([more], index) => ({ ...named[index]!, ...more }));
      const less = given.map(([, lost], index) => ({ ...whole[index]!, ...lost }));
      const after = goes(less);
      expect(after === undefined || after === goes(whole)).toBe(true);
    }),
    { numRuns: runs(500) },
  );
});

test('an entry that cannot be read and bears the address is a second bearer, so the address is ambiguous', () => {
  const nodes = poolWith(ADDRESS, '10.0.0.9');
  const known = facts(nodes, ADDRESS, { resolved: { [ADDRESS]: { node: 'n1', since: at(-HOUR) } } });
  const odd = (address?: string) => ({
    ...known,
    reading: { ...known.reading, unreadable: { nodes: [{ why: 'entry 3', ...(address && { address }) }] } },
  });
  expect(oneBearer(odd(ADDRESS), NOW)).toMatchObject({ allowed: false, defers: true, unknown: true });
  expect(oneBearer(odd('10.0.0.3'), NOW)).toMatchObject({ allowed: true });
  expect(oneBearer(odd(), NOW)).toMatchObject({ allowed: true });
});

test('of many bearers ten are named, and none of their phases appears at length', () => {
  const nodes = poolWith(...Array.from({ length: 11 }, () => ADDRESS)).map((node) => ({
    ...node,
    phase: 'P'.repeat(1_000),
  }));
  const why = (some: typeof nodes) => verdict(some, ADDRESS).why;
  expect(why(nodes.slice(0, 10))).not.toContain('others');
  expect(why(nodes)).toMatch(/^11 nodes of the pool have the address .* n10 \(P{39}…\), and 1 others\. /);
  expect(why(nodes).length).toBeLessThan(1_000);
});

describe('the id of a server stands for the only node that has it', () => {
  const ID = '4f7a2c11-6a0e-4e1f-9a5f-1f0c7c2f5b11';
  const LABEL = 'os.modelarts.node/underlying.instance.id';
  const withIds = (...ids: string[]) =>
    poolWith('10.0.0.1', '10.0.0.2', '10.0.0.3').map((node, index) => ({
      ...node,
      labels: ids[index] === undefined ? {} : { [LABEL]: ids[index] },
    }));

  test.each([LABEL, 'os.modelarts/resource.id'])('in the label %s', (label) => {
    const nodes = withIds().map((node, index) => ({ ...node, labels: index === 1 ? { [label]: ID } : {} }));
    expect(namedNode(nodes, ID).node?.name).toBe('n2');
    expect(verdict(nodes, ID)).toMatchObject({
      allowed: true,
      why: expect.stringContaining('only node n2 of the pool has the server id'),
    });
    expect(nodePresent(facts(nodes, ID), NOW)).toMatchObject({ allowed: true });
  });

  test('of two nodes with one id neither is meant: a person decides', () => {
    const nodes = withIds(ID, ID);
    expect(namedNode(nodes, ID).node).toBeUndefined();
    expect(verdict(nodes, ID)).toMatchObject({
      allowed: false,
      handsOver: true,
      why: expect.stringContaining(`2 nodes of the pool have the server id ${ID}`),
    });
  });

  test('a name is never taken for an id', () => {
    const nodes = withIds('n2', 'x');
    expect(namedNode(nodes, 'n2')).toMatchObject({ node: { name: 'n2' }, bearers: [{ name: 'n2' }] });
  });

  test('that no node shows is not gone while the labels of one cannot be read', () => {
    const unreadable = withIds().map((node) => ({ ...node, unreadable: ['labels' as const] }));
    expect(nodePresent(facts(unreadable, ID), NOW)).toMatchObject({ allowed: false, defers: true });
    const gone = { notSeen: { [ID]: at(-HOUR) } };
    expect(nodePresent(facts(unreadable, ID, gone), NOW)).toMatchObject({ allowed: false, defers: true });
    expect(nodePresent(facts(withIds(), ID, gone), NOW)).toMatchObject({
      allowed: false,
      why: expect.stringContaining('it is gone'),
    });
  });
});
