import { describe, expect, test } from 'vitest';
import { destinationKnown } from '#lib/actions/migrate-nodes/destination';
import { withDestination } from '#lib/actions/migrate-nodes/terms';
import type { Facts } from '#lib/guards/guard';
import { ModelArtsError } from '#lib/modelarts/client/errors';
import type { Destination } from '#lib/modelarts/reading/pool-reading';
import { PoolNode } from '#lib/modelarts/replies/pool-node';

const SPEC = { flavor: 'modelarts.vm.2u4g' };
const CLUSTER = 'os.modelarts.node/cluster';

const node = (name: string, cluster: string | null = null): PoolNode =>
  PoolNode.parse({ metadata: { name, labels: { [CLUSTER]: cluster } }, status: { phase: 'Available' } });
const unread: Destination = {
  error: new ModelArtsError({
    endpoint: { name: 'listPoolNodes', method: 'GET', idempotent: true },
    path: '/',
    outcome: 'unknown',
    transient: true,
    status: 503,
  }),
};
const emptyLite = { nodes: [], pool: { clusters: ['c9'] } } as unknown as Destination;

function factsOf(parameters: object, destinations: Record<string, Destination>, own = node('n1', 'c1')) {
  const asked = { id: 'r', pool: 'pool-a', nodes: ['n1'], parameters: { resourceSpec: SPEC, ...parameters } };
  const reading = { nodes: [own], destinations: new Map(Object.entries(destinations)) };
  return { remediation: asked, target: 'n1', node: own, reading } as unknown as Facts;
}

const lite = (cluster: string): Destination => ({ nodes: [node('m', cluster)] });
const byCluster = { fromClusterName: 'c1', toClusterName: 'c2' };

describe('a migration that names its destination by a cluster alone', () => {
  test.each<[string, object, Record<string, Destination>, string]>([
    ['the pool whose nodes bear it', byCluster, { b: lite('c2'), c: lite('c3') }, 'b'],
    ['also without fromClusterName', { toClusterName: 'c2' }, { b: lite('c2') }, 'b'],
    ['an empty pool that says it of itself', { toClusterName: 'c9' }, { b: lite('c2'), c: emptyLite }, 'c'],
    ['a Standard pool, by its id', { toClusterName: 'b' }, { b: { nodes: [node('m')] }, c: lite('c2') }, 'b'],
    ['though another pool cannot be read', byCluster, { b: lite('c2'), c: unread }, 'b'],
  ])('goes to %s', (_name, parameters, destinations, pool) => {
    const facts = factsOf(parameters, destinations);
    expect(withDestination(facts.remediation, facts.reading).parameters).toMatchObject({ toPoolName: pool });
    expect(destinationKnown(facts, 0)).toMatchObject({ allowed: true });
  });

  test.each<[string, object, Record<string, Destination>, boolean, string]>([
    ['no pool has it', byCluster, { b: lite('c3') }, false, 'no pool of the rules file shows cluster c2'],
    ['there is no other pool', byCluster, {}, false, 'no pool of the rules file shows cluster c2'],
    [
      'several have it',
      byCluster,
      { b: lite('c2'), c: lite('c2') },
      false,
      'several pools have cluster c2: b, c',
    ],
    ['the one that may have it cannot be read', byCluster, { b: unread }, true, 'while b cannot be read'],
  ])('is refused where %s', (_name, parameters, destinations, defers, why) => {
    const facts = factsOf(parameters, destinations);
    expect(withDestination(facts.remediation, facts.reading)).toEqual(facts.remediation);
    const verdict = destinationKnown(facts, 0);
    expect(verdict).toMatchObject({ allowed: false, why: expect.stringContaining(why) });
    expect(verdict.why).toContain('toPoolName: ');
    expect(verdict.defers ?? false).toBe(defers);
  });

  test.each<[string, object, PoolNode]>([
    ['the same cluster', { fromClusterName: 'c1', toClusterName: 'c1' }, node('n1', 'c1')],
    ['the cluster of the pool itself', { toClusterName: 'c1' }, node('n1', 'c1')],
    ['the id of a Standard pool', { toClusterName: 'pool-a' }, node('n1')],
    ['no cluster', {}, node('n1', 'c1')],
    ['a pool', { toClusterName: 'elsewhere', toPoolName: 'b' }, node('n1', 'c1')],
  ])('is as it stands with %s', (_name, parameters, own) => {
    const facts = factsOf(parameters, { b: lite('c3') }, own);
    expect(withDestination(facts.remediation, facts.reading)).toEqual(facts.remediation);
    expect(destinationKnown(facts, 0)).toMatchObject({ allowed: true });
  });
});

describe('a migration that names a pool and a cluster', () => {
  const own = { toPoolName: 'pool-a', toClusterName: 'c2' };
  const other = { toPoolName: 'b', toClusterName: 'c2' };

  test.each<[string, object, Record<string, Destination>]>([
    ['its own pool, and the cluster of another', own, { b: lite('c2') }],
    ['one other pool, and the cluster of another', other, { b: lite('c3'), c: lite('c2') }],
    ['one other pool, and its own cluster', { toPoolName: 'b', toClusterName: 'c1' }, { b: lite('c3') }],
    [
      'one cluster twice, which is not its own',
      { fromClusterName: 'c2', toClusterName: 'c2' },
      { b: lite('c2') },
    ],
  ])('contradicts itself by %s', (_name, parameters, destinations) => {
    const verdict = destinationKnown(factsOf(parameters, destinations), 0);
    expect(verdict).toMatchObject({
      allowed: false,
      why: expect.stringMatching(/^toClusterName: c\d is the/),
    });
    expect(verdict).not.toHaveProperty('defers');
  });

  test.each<[string, object, Record<string, Destination>]>([
    ['the pool shows it', other, { b: lite('c2'), c: lite('c3') }],
    ['no pool shows it', own, { b: lite('c3') }],
    ['the pool cannot be read', other, { b: unread, c: lite('c2') }],
  ])('goes there where %s', (_name, parameters, destinations) => {
    expect(destinationKnown(factsOf(parameters, destinations), 0)).toMatchObject({ allowed: true });
  });
});
