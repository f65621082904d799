import { describe, expect, test } from 'vitest';
import {
  planeSubnetApart,
  privilegedDestination,
  settingsTakeEffect,
  withoutEffect,
} from '#lib/actions/migrate-nodes/resource-spec';
import type { Facts } from '#lib/guards/guard';

const node = (name: string, subnet?: string) => ({ name, labels: {}, ...(subnet && { subnet }) });

function factsOf(
  resourceSpec: object | undefined,
  {
    toPoolName = 'pool-b',
    own = {},
    other = {},
    nodes = [node('m', 's-nodes')] as object[],
    nodePools = [] as { name: string; resources: object }[],
  } = {},
): Facts {
  const parameters = {
    ...(toPoolName && { toPoolName }),
    resourceSpec: resourceSpec && { flavor: 'f', ...resourceSpec },
  };
  return {
    remediation: { id: 'r', pool: 'pool-a', nodes: ['n1'], parameters },
    target: 'n1',
    node: node('n1', 's-own'),
    pool: { name: 'own', id: 'pool-a', windows: [], ...own },
    destinationPool:
      toPoolName === 'pool-b' ? { name: 'quarantine', id: 'pool-b', windows: [], ...other } : undefined,
    reading: {
      nodes: [node('n1', 's-own')],
      destinations: new Map([['pool-b', { nodes }]]),
      nodePoolsOf: new Map([
        ['pool-a', nodePools],
        ['pool-b', nodePools],
      ]),
    },
  } as unknown as Facts;
}

describe('what only a privileged pool has', () => {
  const notPrivileged = { other: { privileged: false } };
  test.each([
    ['labels', { a: 'b' }],
    ['taints', [{ key: 'k', effect: 'NoSchedule' }]],
    ['network', { subnet: 's' }],
  ])('%s is refused where the rules file says that the destination is none', (field, value) => {
    expect(privilegedDestination(factsOf({ [field]: value }, notPrivileged), 0)).toMatchObject({
      allowed: false,
      why: `resourceSpec.${field}: needs a privileged pool, and quarantine has privileged: false in the rules file`,
    });
  });

  test('the source is not asked, and tags are for any pool', () => {
    const labels = { labels: { a: 'b' } };
    expect(privilegedDestination(factsOf(labels, { own: { privileged: false } }), 0).allowed).toBe(true);
    expect(privilegedDestination(factsOf({ tags: [] }, notPrivileged), 0).allowed).toBe(true);
    expect(privilegedDestination(factsOf(undefined, notPrivileged), 0).allowed).toBe(true);
  });

  test('within one pool, that pool is asked', () => {
    for (const toPoolName of ['', 'pool-a']) {
      const facts = factsOf({ labels: {} }, { toPoolName, own: { privileged: false } });
      expect(privilegedDestination(facts, 0)).toMatchObject({
        allowed: false,
        why: expect.stringContaining('own has privileged: false'),
      });
    }
  });
});

const plane = (XParameterPlaneSubnet: string) => ({ extendParams: { XParameterPlaneSubnet } });

describe('the subnet of the parameter plane', () => {
  const nodePools = [{ name: 'np-1', resources: { network: { subnet: 's-np' } } }];
  test.each([
    ['that of the nodes there', plane('s-nodes'), false],
    ['that of a node pool there', plane('s-np'), false],
    ['that of the nodes here', plane('s-own'), true],
    ['another', plane('s-plane'), true],
    ['none', {}, true],
  ])('%s', (_name, spec, allowed) => {
    const verdict = planeSubnetApart(factsOf(spec, { nodePools }), 0);
    expect(verdict.allowed).toBe(allowed);
    if (!allowed)
      expect(verdict.why).toContain(
        'resourceSpec.extendParams.XParameterPlaneSubnet: must not be the subnet',
      );
  });

  test('of a pool that shows none is left to the API', () => {
    expect(planeSubnetApart(factsOf(plane('s-x'), { nodes: [] }), 0).allowed).toBe(true);
  });
});

describe('settings that count only for a new node pool', () => {
  const nodePools = [{ name: 'np-1', resources: { nodePool: 'np-1-Default' } }];
  const settings = { labels: { a: 'b' }, rootVolume: { volumeType: 'SSD', size: '100' } };
  test.each(['np-1', 'np-1-Default'])(
    'have no effect where the node pool exists (%s), which is said',
    (nodePool) => {
      const facts = factsOf({ ...settings, nodePool }, { nodePools });
      const said =
        'resourceSpec.labels, resourceSpec.rootVolume: no effect, because node pool np-1 of pool pool-b exists, and they apply only to a new one';
      expect(withoutEffect(facts)).toEqual([said]);
      expect(settingsTakeEffect(facts, 0)).toEqual({
        guard: 'settings-take-effect',
        allowed: true,
        why: said,
      });
    },
  );

  test.each([
    ['a new node pool', { ...settings, nodePool: 'np-2' }],
    ['no node pool named', settings],
    ['no settings', { nodePool: 'np-1' }],
  ])('nothing is said of %s', (_name, spec) => {
    expect(withoutEffect(factsOf(spec, { nodePools }))).toEqual([]);
    expect(settingsTakeEffect(factsOf(spec, { nodePools }), 0).allowed).toBe(true);
  });
});
