import type { Facts, Guard } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';
import { membersOf } from './migration.ts';

/** As `flavor` of a migration: the node keeps its own flavor, as the API shows it right before the call. */
const OWN_FLAVOR = 'same';

/** The parameters of a migration, with the node's own flavor if they ask for it and the API shows it. */
export function withOwnFlavor({ remediation: { parameters }, node }: Facts): Record<string, unknown> {
  if (!asksForOwn(parameters) || node?.flavor === undefined) return parameters;
  return { ...parameters, resourceSpec: { ...Object(parameters['resourceSpec']), flavor: node.flavor } };
}

/**
 * If nodes keep their own flavor, the API must show it, and all nodes of a call must have the same, because a request has one flavor.
 * The first node that the command has yet to move decides; nodes of other flavors follow in a later call. An approval covers one
 * request, so in mode `approve` each flavor needs its own command. A supernode with several flavors cannot move, because it moves as a
 * group.
 */
export const ownFlavor: Guard = ({ remediation, node, named = [], reading }) => {
  const guard = 'own-flavor';
  if (!asksForOwn(remediation.parameters))
    return { guard, allowed: true, why: 'the flavor is the one that the command names' };
  if (!node) return { guard, allowed: true, why: 'the pool does not show the node' };
  const { flavor } = node;
  if (flavor === undefined) {
    const why = 'resourceSpec.flavor: must be the flavor of the node, but the API does not show it';
    return { guard, allowed: false, why, defers: true };
  }
  const flavors = membersOf(node, reading.nodes).flatMap((member) => member.flavor ?? []);
  if (new Set(flavors).size > 1) {
    const several = [...new Set(flavors)].join(', ');
    const why = `resourceSpec.flavor: must be named, because the node's supernode moves as a group and has nodes of ${several}, and a call has room for one`;
    return { guard, allowed: false, why };
  }
  const first = firstFlavor(remediation, named, reading.nodes) ?? flavor;
  if (first === flavor) return { guard, allowed: true, why: `the node keeps its flavor ${flavor}` };
  const differs = `resourceSpec.flavor: the node is of flavor ${flavor}, the first of the command of ${first}, and a call has room for one`;
  return remediation.mode === 'act'
    ? { guard, allowed: false, why: `${differs}; it goes in a call of its own after that`, defers: true }
    : { guard, allowed: false, why: `${differs}; each flavor needs a command of its own` };
};

function asksForOwn({ resourceSpec }: Readonly<Record<string, unknown>>): boolean {
  return Object(resourceSpec).flavor === OWN_FLAVOR;
}

/** The flavor of the first node of a command without an outcome. */
function firstFlavor(
  { outcomes }: Pick<Remediation, 'outcomes'>,
  named: readonly string[],
  nodes: Facts['reading']['nodes'],
): string | undefined {
  const left = named.filter((name) => (outcomes[name]?.state ?? 'waiting') === 'waiting');
  const flavors = new Map(nodes.map(({ name, flavor }) => [name, flavor]));
  return left.map((name) => flavors.get(name)).find((flavor) => flavor !== undefined);
}
