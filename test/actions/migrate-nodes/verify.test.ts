import { describe, expect, test } from 'vitest';
import { verifyMigration } from '#lib/actions/migrate-nodes/verify';
import { identityOf, recognise } from '#lib/modelarts/reading/node-identity';
import type { PoolNode } from '#lib/modelarts/replies/pool-node';
import { MINUTE, node, subject, view } from '#test/verification/subject';

const INSTANCE = 'os.modelarts.node/underlying.instance.id';
const RESOURCE = 'os.modelarts/resource.id';
const call = (identity = {}) => ({ request: { toPoolName: 'pool-b' }, identities: { n1: identity } });
const verdict = (
  destination: readonly PoolNode[],
  {
    source = [],
    identity,
    atMs = MINUTE,
    ...more
  }: Parameters<typeof subject>[0] & {
    source?: PoolNode[];
    identity?: object;
    atMs?: number;
  } = {},
) => verifyMigration(view(source, destination), subject({ call: call(identity), ...more }), atMs);

const marked = (name: string, id: string) =>
  node(name, { privateIp: `ip-${id}`, labels: { [INSTANCE]: `i-${id}`, [RESOURCE]: `r-${id}` } });

describe('a node has migrated when the other pool has it', () => {
  test.each([
    ['Available', 'succeeded', 'the node is Available (no driver is shown)'],
    ['Abnormal', 'failed', 'its job succeeded, but the node is Abnormal'],
    ['Creating', 'verifying', 'the node is Creating'],
    ['Checking', 'verifying', 'the node is Checking'],
    ['Deleting', 'verifying', 'the node is Deleting'],
    ['Resetting', 'verifying', 'the node is Resetting'],
    ['', 'verifying', 'the node is without a phase'],
  ])('and it is well there: %j is %s', (phase, state, why) => {
    const seenBrokenBefore = { state: 'verifying' as const, brokenSince: new Date(0).toISOString() };
    expect(verdict([node('n1', { phase })], { before: seenBrokenBefore, atMs: MINUTE })).toMatchObject({
      state,
      why: `pool pool-b has the node: ${why}`,
    });
  });

  test.each([
    ['its instance id', { instanceId: 'i-1' }, { labels: { [INSTANCE]: 'i-1' } }],
    ['its resource id', { resourceId: 'r-1' }, { labels: { [RESOURCE]: 'r-1' } }],
    ['its private address', { privateIp: '10.0.0.1' }, { privateIp: '10.0.0.1' }],
  ])('under another name, by %s', (by, identity, marks) => {
    const arrived = [node('n7'), node('n9', marks)];
    expect(verdict(arrived, { identity })).toMatchObject({
      state: 'succeeded',
      why: `pool pool-b has the node as n9, by ${by}: the node is Available (no driver is shown)`,
    });
    expect(verdict(arrived)).toMatchObject({ state: 'verifying' });
  });

  test('and it goes on to show the driver that it had there', () => {
    const arrived = verdict([node('n1', { driverPhase: 'Abnormal' })]);
    expect(verdict([node('n1')], { before: arrived, atMs: 2 * MINUTE })).toMatchObject({
      state: 'verifying',
      why: 'pool pool-b has the node: the node is Available (its driver is not shown)',
    });
  });

  test('and not when two nodes bear its mark', () => {
    const twins = [node('n8', { privateIp: '10.0.0.1' }), node('n9', { privateIp: '10.0.0.1' })];
    expect(verdict(twins, { identity: { privateIp: '10.0.0.1' } }).state).toBe('verifying');
  });

  test('and is well there, where the rule wants that', () => {
    const verify = { healthyForMs: 2 * MINUTE, withinMs: 20 * MINUTE };
    const before = { state: 'verifying' as const, healthySince: new Date(0).toISOString() };
    expect(verdict([node('n1')], { verify })).toMatchObject({
      state: 'verifying',
      why: 'pool pool-b has the node: the node is Available (no driver is shown) for 0 s of 2 min',
    });
    expect(verdict([node('n1')], { verify, before, atMs: 3 * MINUTE })).toMatchObject({ state: 'succeeded' });
    const broken = [node('n1', { phase: 'Abnormal' })];
    const first = verdict(broken, { verify, atMs: 19 * MINUTE });
    expect(first.state).toBe('verifying');
    expect(verdict(broken, { verify, before: first, atMs: 20 * MINUTE }).state).toBe('failed');
  });
});

test('a node that has arrived and whose alert fires anew was not repaired by the move', () => {
  const firingAnew = [{ fingerprint: 'f1', startsAt: '1970-01-01T00:01:00.000Z' }];
  expect(verdict([node('n1')], { firingAnew })).toEqual({
    state: 'failed',
    why: 'pool pool-b has the node: its job succeeded, but alert f1 has fired again since 1970-01-01T00:01:00.000Z',
  });
});

describe('a node that does not arrive', () => {
  test.each([
    ['is still in its pool, and has failed', [node('n1')], 'its old pool still does', undefined],
    ['is in neither, and is not known', [], 'its old pool does not, either', true],
  ])('%s', (_name, source, why, notKnown) => {
    expect(verdict([], { source })).toMatchObject({ state: 'verifying', why: expect.stringContaining(why) });
    const last = verdict([], { source, atMs: 60 * MINUTE });
    expect(last).toMatchObject({
      state: 'failed',
      why: expect.stringMatching(/does not show the node, .* 1 h after its job succeeded$/),
    });
    expect(last.notKnown).toBe(notKnown);
  });

  test('is not known where an entry of the destination cannot be read', () => {
    const seen = { ...view([node('n1')], [node('n2')]), unreadable: { destination: [{ why: 'no name' }] } };
    expect(verifyMigration(seen, subject({ call: call() }), 60 * MINUTE)).toMatchObject({
      state: 'failed',
      notKnown: true,
      why: expect.stringContaining('no name'),
    });
  });

  test('is given five minutes after a job that ended at the deadline', () => {
    const late = { sinceMs: 60 * MINUTE, deadlineMs: 60 * MINUTE };
    expect(verdict([], { ...late, atMs: 64 * MINUTE }).state).toBe('verifying');
    expect(verdict([], { ...late, atMs: 65 * MINUTE }).state).toBe('failed');
  });
});

describe('what a node is known by', () => {
  test('is what no other node bears', () => {
    const own = marked('n1', '1');
    expect(identityOf(own, [own, marked('n2', '2')])).toEqual({
      instanceId: 'i-1',
      resourceId: 'r-1',
      privateIp: 'ip-1',
    });
    const sameAddress = { ...marked('m1', '3'), privateIp: 'ip-1' };
    const sameResource = node('m2', { labels: { [RESOURCE]: 'r-1' } });
    expect(identityOf(own, [own, sameAddress, sameResource])).toEqual({ instanceId: 'i-1' });
    expect(identityOf(node('n1'), [])).toEqual({});
  });

  test('counts in the order of how telling it is', () => {
    const nodes = [node('a', { privateIp: 'ip-1' }), node('b', { labels: { [INSTANCE]: 'i-1' } })];
    expect(recognise(nodes, { instanceId: 'i-1', privateIp: 'ip-1' })?.node.name).toBe('b');
    expect(recognise(nodes, { instanceId: 'i-9', privateIp: 'ip-1' })?.node.name).toBe('a');
    expect(recognise(nodes, {})).toBeUndefined();
  });
});

const CLUSTER = 'os.modelarts.node/cluster';
const NODE_POOL = 'os.modelarts.node/nodepoolname';
const moved = (request: object, labels: Record<string, string>, atMs = MINUTE) =>
  verdict([node('n1', { labels })], {
    call: { request: { toPoolName: subject({}).remediation.pool, ...request } },
    atMs,
  });

describe('a node that is moved within its pool', () => {
  const toNodePool = { resourceSpec: { flavor: 'f', nodePool: 'np-2' } };

  test.each<[string, object, Record<string, string>, string]>([
    ['is in the node pool that was asked for', toNodePool, { [NODE_POOL]: 'np-2' }, 'succeeded'],
    ['still is in its old node pool', toNodePool, { [NODE_POOL]: 'np-1' }, 'verifying'],
    ['does not say its node pool', toNodePool, {}, 'succeeded'],
    ['still is in its old cluster', { toClusterName: 'c2' }, { [CLUSTER]: 'c1' }, 'verifying'],
    ['is in the cluster that was asked for', { toClusterName: 'c2' }, { [CLUSTER]: 'c2' }, 'succeeded'],
  ])('%s', (_name, request, labels, state) => {
    expect(moved(request, labels).state).toBe(state);
  });

  test('and has not come there at the deadline has failed', () => {
    expect(moved(toNodePool, { [NODE_POOL]: 'np-1' }, 600 * MINUTE)).toMatchObject({
      state: 'failed',
      why: 'the node is in node pool np-1, not in np-2',
    });
  });

  describe('and whose labels are hidden', () => {
    const other = node('n2', { labels: { [NODE_POOL]: 'np-1', [CLUSTER]: 'c1' } });
    const hidden = (request: object, atMs: number, more: object = {}) =>
      verdict([node('n1', more), ...('unreadable' in more ? [] : [other])], {
        call: { request: { toPoolName: subject({}).remediation.pool, ...request } },
        atMs,
      });

    test.each<[string, object, object?]>([
      ['node pool', toNodePool],
      ['cluster', { toClusterName: 'c2' }],
      ['cluster', { toClusterName: 'c2' }, { unreadable: ['labels'] }],
    ])('has not arrived while others show their %s', (what, request, more) => {
      const why = `the API does not show the ${what} of the node`;
      expect(hidden(request, MINUTE, more)).toEqual({ state: 'verifying', why });
      expect(hidden(request, 600 * MINUTE, more)).toEqual({ state: 'failed', notKnown: true, why });
    });
  });

  test('is followed there also where the request names no pool at all', () => {
    const outcome = verdict([node('n1', { labels: { [CLUSTER]: 'c1' } })], {
      call: { request: { fromClusterName: 'c1', toClusterName: 'c2' } },
    });
    expect(outcome).toMatchObject({ state: 'verifying', why: expect.stringContaining('cluster c1') });
  });
});
