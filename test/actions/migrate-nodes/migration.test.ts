import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  oneCluster,
  sourceKeepsANode,
  specForAnotherPool,
  supernodeOf,
  wholeSupernode,
} from '#lib/actions/migrate-nodes/migration';
import { migrationTerms } from '#lib/actions/migrate-nodes/terms';
import type { Facts } from '#lib/guards/guard';
import { emptyPoolRecord } from '#lib/ledger/pool-record';
import { namedNode } from '#lib/modelarts/reading/named-node';
import type { Destination } from '#lib/modelarts/reading/pool-reading';
import { PoolNode } from '#lib/modelarts/replies/pool-node';
import { WAITS } from '#lib/rules/waits';

const POOL = 'pool-a';
const CLUSTER = 'os.modelarts.node/cluster';
const BATCH = 'os.modelarts.node/batch.uid';
const COUNT = 'os.modelarts.node/batch.count';
const SPEC = { flavor: 'modelarts.vm.2u4g' };

const node = (name: string, labels: Record<string, string> = {}, phase = 'Available'): PoolNode => ({
  ...PoolNode.parse({ metadata: { name, labels }, status: { phase } }),
  privateIp: `ip-${name}`,
});

/** The facts for one node of a command that migrates `nodes`. */
function factsOf(
  pool: readonly PoolNode[],
  nodes: readonly string[],
  {
    parameters = { toPoolName: 'pool-b', resourceSpec: SPEC },
    destination = { nodes: [] },
    leaving = new Map(),
    of = nodes[0]!,
    outcomes = {},
  }: {
    parameters?: Record<string, unknown>;
    destination?: Destination;
    leaving?: Map<string, string>;
    of?: string;
    outcomes?: Record<string, { state: string; why: string }>;
  } = {},
): Facts {
  const found = pool.find(({ name, privateIp }) => of === name || of === privateIp);
  return {
    remediation: { id: 'mine', pool: POOL, nodes, parameters, outcomes },
    target: of,
    node: found,
    named: nodes.flatMap((named) => namedNode(pool, named).node?.name ?? []),
    reading: { nodes: pool, destinations: new Map([['pool-b', destination]]) },
    poolRecord: emptyPoolRecord(POOL, 0),
    leaving,
    waits: WAITS,
  } as unknown as Facts;
}

describe('the source pool keeps a node', () => {
  const pool = ['n1', 'n2', 'n3'].map((name) => node(name));

  test.each([
    ['some of its nodes', ['n1', 'n2'], {}, true],
    ['all of its nodes', ['n1', 'n2', 'n3'], {}, false],
    ['all of its nodes, some by address', ['n1', 'ip-n2', 'n3'], {}, false],
    ['one node twice, by name and address', ['n1', 'ip-n1', 'n2'], {}, true],
    ['a node that it does not have', ['n1', 'n2', 'gone'], {}, true],
    ['the last but one, while another command takes the last', ['n1', 'n2'], { n3: 'other' }, false],
    ['a node, while another command takes the same and one more', ['n1'], { n1: 'other', n2: 'other' }, true],
    ['what it takes already itself', ['n1', 'n2'], { n1: 'mine', n2: 'mine' }, true],
  ] as const)('when a command takes %s', (_name, nodes, leaving, allowed) => {
    const facts = factsOf(pool, nodes, { leaving: new Map(Object.entries(leaving)) });
    expect(sourceKeepsANode(facts, 0).allowed).toBe(allowed);
  });

  test('which a node that the API deletes is not', () => {
    const withDeleting = [node('n1'), node('n2'), node('n3', {}, 'Deleting')];
    expect(sourceKeepsANode(factsOf(withDeleting, ['n1', 'n2']), 0)).toMatchObject({
      allowed: false,
      why: 'of 3 nodes in the source pool 2 would go, 1 others are going, and 0 would stay; at least one must',
    });
  });

  test.each([[{}], [{ toPoolName: POOL }]])('which all of them are that stay in it: %j', (parameters) => {
    const two = [node('n1'), node('n2')];
    expect(sourceKeepsANode(factsOf(two, ['n1', 'n2'], { parameters }), 0)).toMatchObject({ allowed: true });
    expect(sourceKeepsANode(factsOf([node('n1')], ['n1'], { parameters }), 0)).toMatchObject({
      allowed: false,
      why: expect.stringContaining('the API moves no node of a pool with only one'),
    });
  });

  test('and where the API shows too little of the others the command waits', () => {
    const odd = [node('n1'), node('n2', {}, 'Isolated')];
    expect(sourceKeepsANode(factsOf(odd, ['n1']), 0)).toMatchObject({ defers: true, unknown: true });
  });

  test('and a pool of one node keeps that one', () => {
    expect(sourceKeepsANode(factsOf([node('n1')], ['n1']), 0).allowed).toBe(false);
  });

  test('for any pool, command and number of others that are leaving it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.nat(14), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(14), { maxLength: 12 }),
        fc.array(fc.nat(14), { maxLength: 12 }),
        (size, own, moved, deleted) => {
          const names = Array.from({ length: size }, (_, index) => `n${index}`);
          const many = names.map((name, index) =>
            node(name, {}, deleted.includes(index) ? 'Deleting' : 'Available'),
          );
          const leaving = new Map(moved.map((index) => [`n${index}`, 'other']));
          const facts = factsOf(
            many,
            [...new Set(own)].map((index) => `n${index}`),
            { leaving },
          );
          const stays = names.filter((_, index) => ![...own, ...moved, ...deleted].includes(index));
          expect(sourceKeepsANode(facts, 0).allowed).toBe(stays.length >= 1);
        },
      ),
    );
  });
});

describe('a supernode', () => {
  const pool = [
    node('a', { [BATCH]: 'x' }),
    node('b', { [BATCH]: 'x' }),
    node('c', { [BATCH]: 'y' }),
    node('d', { 'os.modelarts.node/nodepoolname': 'np' }),
  ];
  const step = { resourceSpec: { ...SPEC, creatingStep: { step: 2, type: 'hyperinstance' } } };

  test.each([
    ['a part of it', ['a', 'd'], step, 'a', 'supernode x would be torn apart: the command leaves out b'],
    [
      'all of it, without its step',
      ['a', 'b'],
      {},
      'b',
      'resourceSpec.creatingStep: is mandatory for a supernode',
    ],
    ['all of it', ['a', 'ip-b'], step, 'a', true],
    ['other nodes', ['d'], {}, 'd', true],
  ] as const)('moves as a whole: %s', (_name, nodes, parameters, of, said) => {
    const verdict = wholeSupernode(factsOf(pool, nodes, { parameters, of }), 0);
    expect(verdict.allowed ? true : verdict.why).toBe(said);
  });

  test.each([
    ['a member shows no labels', [node('a', { [BATCH]: 'x' }), node('b', { [BATCH]: 'x' }), node('c')]],
    ['its labels count more members', ['a', 'b'].map((name) => node(name, { [BATCH]: 'x', [COUNT]: '3' }))],
  ])('waits where %s', (_name, nodes) => {
    const verdict = wholeSupernode(factsOf(nodes, ['a', 'b'], { parameters: step }), 0);
    expect(verdict).toMatchObject({ allowed: false, defers: true, unknown: true });
  });

  test.each([
    ['the node shows no labels', [node('a', { [BATCH]: 'x' }), node('b')]],
    ['a supernode lacks a member', [node('a', { [BATCH]: 'x', [COUNT]: '2' }), node('b', { other: '1' })]],
  ])('may be what a node is part of where %s', (_name, nodes) => {
    const verdict = wholeSupernode(factsOf(nodes, ['b'], { parameters: step }), 0);
    expect(verdict).toMatchObject({ allowed: false, defers: true, unknown: true });
  });

  test('does not move where a node of it was refused before', () => {
    const outcomes = { a: { state: 'skipped', why: 'the node is Creating' } };
    const parameters = { resourceSpec: { ...SPEC, creatingStep: { step: 2, type: 'hyperinstance' } } };
    const verdict = wholeSupernode(factsOf(pool, ['a', 'b'], { of: 'b', parameters, outcomes }), 0);
    expect(verdict).toMatchObject({ allowed: false, why: expect.stringContaining('leaves out a') });
  });

  test('is recognized by its batch; a frame may be left in parts', () => {
    const frame = [
      node('a', { 'os.modelarts.node/spod.id': '7' }),
      node('b', { 'os.modelarts.node/spod.id': '7' }),
    ];
    expect(wholeSupernode(factsOf(frame, ['a']), 0).allowed).toBe(true);
    expect(supernodeOf(factsOf(frame, ['a']))).toBeUndefined();
    expect(supernodeOf(factsOf(pool, ['a']))).toBe('supernode x');
  });
});

const clusters = ({ fromClusterName, toClusterName }: Record<string, unknown>) => [
  fromClusterName,
  toClusterName,
];

describe('clusters', () => {
  const lite = (name: string, cluster: string) => node(name, { [CLUSTER]: cluster });
  const emptyLite = { nodes: [], pool: { clusters: ['c9'] } } as unknown as Destination;

  const cases: [string, PoolNode[], Destination, object, (string | undefined)[]][] = [
    ['Lite pools, by their nodes', [lite('n1', 'c1')], { nodes: [lite('m', 'c2')] }, {}, ['c1', 'c2']],
    ['Standard pools, by their ids', [node('n1')], { nodes: [node('m')] }, {}, [POOL, 'pool-b']],
    ['a Lite pool without nodes, by the pool itself', [lite('n1', 'c1')], emptyLite, {}, ['c1', 'c9']],
    ['a Standard pool without nodes', [node('n1')], emptyLite, {}, [POOL, 'pool-b']],
    ['a Lite pool that says nothing of itself', [lite('n1', 'c1')], { nodes: [] }, {}, ['c1', 'pool-b']],
    [
      'what the command says',
      [lite('n1', 'c1')],
      { nodes: [lite('m', 'c2')] },
      { fromClusterName: 'f', toClusterName: 't' },
      ['f', 't'],
    ],
    [
      'one name that the command says',
      [lite('n1', 'c1')],
      { nodes: [lite('m', 'c2')] },
      { toClusterName: 't' },
      ['c1', 't'],
    ],
    [
      'a node without its label among others that have it',
      [node('n1'), lite('n2', 'c1')],
      { nodes: [] },
      {},
      ['c1', 'pool-b'],
    ],
  ];
  test.each(cases)('of %s', (_name, pool, destination, more, expected) => {
    const parameters = { toPoolName: 'pool-b', resourceSpec: SPEC, ...more };
    const facts = factsOf(pool, ['n1'], { parameters, destination });
    expect(clusters(migrationTerms(facts))).toEqual(expected);
    expect(oneCluster(facts, 0).allowed).toBe(true);
    expect(migrationTerms(facts)).toMatchObject({ toPoolName: 'pool-b', resourceSpec: SPEC });
  });

  test('within one pool are the same', () => {
    const pool = [lite('n1', 'c1'), lite('n2', 'c2')];
    expect(clusters(migrationTerms(factsOf(pool, ['n2'], { parameters: {} })))).toEqual(['c2', 'c2']);
  });

  test('must be named where a pool has several', () => {
    const destination = { nodes: [lite('m', 'c2'), lite('o', 'c3')] };
    expect(oneCluster(factsOf([lite('n1', 'c1')], ['n1'], { destination }), 0)).toMatchObject({
      allowed: false,
      why: 'toClusterName: is mandatory, because pool pool-b has several clusters: c2, c3',
    });
  });

  test('differ for the nodes of one command: the first that is there decides', () => {
    const pool = [lite('n1', 'c1'), lite('n2', 'c2'), lite('n3', 'c1')];
    const verdicts = ['n1', 'n2', 'n3'].map((of) =>
      oneCluster(factsOf(pool, ['gone', 'n1', 'n2', 'n3'], { of }), 0),
    );
    expect(verdicts.map(({ allowed }) => allowed)).toEqual([true, false, true]);
    expect(verdicts[1]!.why).toContain(
      "fromClusterName: the node is in cluster c2, the command's first node in c1",
    );
  });
});

describe('where nodes go to another pool, resourceSpec is mandatory', () => {
  test.each([
    ['to another pool', { toPoolName: 'pool-b' }, false],
    ['to another pool, with it', { toPoolName: 'pool-b', resourceSpec: SPEC }, true],
    ['to another cluster', { toClusterName: 'c2' }, false],
    ['to another cluster, with it', { toClusterName: 'c2', resourceSpec: SPEC }, true],
    ['nowhere else', {}, true],
    ['nowhere else, by name', { fromClusterName: 'c1', toClusterName: 'c1' }, true],
  ])('%s', (_name, parameters, allowed) => {
    const verdict = specForAnotherPool(factsOf([node('n1', { [CLUSTER]: 'c1' })], ['n1'], { parameters }), 0);
    expect(verdict.allowed).toBe(allowed);
    if (!allowed) expect(verdict.why).toContain('resourceSpec: is mandatory');
  });
});
