import * as z from 'zod';
import type { Facts, Guard } from '#lib/guards/guard';

/** Page Migrating Nodes in Batches, table 3: "This parameter cannot be specified for a non-privileged pool." */
export const FOR_PRIVILEGED_DESTINATION = ['labels', 'taints', 'network'] as const;

/** Only a privileged destination pool accepts labels, taints and network. */
export const privilegedDestination: Guard = (facts) => {
  const guard = 'privileged-destination';
  const { remediation, pool, destinationPool } = facts;
  const { toPoolName } = remediation.parameters;
  const spec = specOf(facts);
  const fields = FOR_PRIVILEGED_DESTINATION.filter((field) => spec[field] !== undefined);
  if (fields.length === 0)
    return { guard, allowed: true, why: 'the request has no field that needs a privileged pool' };
  const names = fields.map((field) => `resourceSpec.${field}`).join(', ');
  const goesTo = toPoolName === undefined || toPoolName === remediation.pool ? pool : destinationPool;
  if (goesTo?.privileged === false) {
    const why = `${names}: needs a privileged pool, and ${goesTo.name} has privileged: false in the rules file`;
    return { guard, allowed: false, why };
  }
  const why = goesTo?.privileged
    ? `the rules file says that ${goesTo.name} is privileged`
    : 'it is not known whether the pool is privileged, so the API decides';
  return { guard, allowed: true, why: `${names}: ${why}` };
};

/**
 * The subnet of the parameter plane must differ from that of the nodes, as far as the destination pool shows it.
 *
 * Source: page Migrating Nodes in Batches, table 13: "The value cannot be the same as the node subnet or container subnet."
 */
export const planeSubnetApart: Guard = (facts) => {
  const guard = 'plane-subnet-apart';
  const { extendParams } = specOf(facts);
  const plane = Subnets.parse(extendParams).XParameterPlaneSubnet;
  if (plane === undefined)
    return { guard, allowed: true, why: 'the request names no subnet of the parameter plane' };
  const { nodes, nodePools } = destinationIn(facts);
  const subnets = new Set([
    ...nodes.flatMap(({ subnet }) => subnet ?? []),
    ...nodePools.flatMap(({ resources: { network } }) => Subnets.parse(network).subnet ?? []),
  ]);
  return subnets.has(plane)
    ? {
        guard,
        allowed: false,
        why: `resourceSpec.extendParams.XParameterPlaneSubnet: must not be the subnet of the nodes, and ${plane} is that of the pool`,
      }
    : {
        guard,
        allowed: true,
        why: `${plane} is none of the pool's subnets: ${[...subnets].join(', ') || 'it shows none'}`,
      };
};

const Subnets = z
  .looseObject({
    subnet: z.string().optional().catch(undefined),
    XParameterPlaneSubnet: z.string().optional().catch(undefined),
  })
  .catch({});

/** Page Migrating Nodes in Batches, table 3: these are "valid when a node pool is created". */
const FOR_NEW_NODE_POOLS: readonly string[] = [
  'rootVolume',
  'dataVolumes',
  'volumeGroupConfigs',
  'labels',
  'taints',
  'tags',
  'network',
  'extendParams',
];

/** The fields of a migration's `resourceSpec` that have an effect only on a new node pool. */
export function fieldsForNewNodePools(parameters: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(Object(parameters['resourceSpec'])).filter((field) =>
    FOR_NEW_NODE_POOLS.includes(field),
  );
}

/** A remark for the plan about fields without an effect. Empty if all have one, or if it is not known. */
export function withoutEffect(facts: Facts): string[] {
  const fields = fieldsForNewNodePools(facts.remediation.parameters).map((field) => `resourceSpec.${field}`);
  const { nodePool } = specOf(facts);
  const { nodePools, pool } = destinationIn(facts);
  const found = nodePools.find(({ name, resources }) => nodePool === name || nodePool === resources.nodePool);
  if (fields.length === 0 || !found) return [];
  return [
    `${fields.join(', ')}: no effect, because node pool ${found.name} of pool ${pool} exists, and they apply only to a new one`,
  ];
}

/** Always allows the call. It records the fields of the request without an effect. */
export const settingsTakeEffect: Guard = (facts) => {
  const guard = 'settings-take-effect';
  const [said] = withoutEffect(facts);
  const given = fieldsForNewNodePools(facts.remediation.parameters).length;
  const why =
    given === 0 ? 'the request has no field for new node pools only' : 'no field is known to have no effect';
  return { guard, allowed: true, why: said ?? why };
};

/** The reading of the destination pool; empty if it was not read. */
function destinationIn({ remediation, reading }: Facts) {
  const { toPoolName } = remediation.parameters;
  const pool = typeof toPoolName === 'string' ? toPoolName : remediation.pool;
  const destination = pool === remediation.pool ? { nodes: reading.nodes } : reading.destinations.get(pool);
  const nodes = destination && 'nodes' in destination ? destination.nodes : [];
  return { pool, nodes, nodePools: reading.nodePoolsOf?.get(pool) ?? [] };
}

function specOf({ remediation }: Facts): Record<string, unknown> {
  const { resourceSpec } = remediation.parameters;
  return typeof resourceSpec === 'object' && resourceSpec !== null ? { ...resourceSpec } : {};
}
