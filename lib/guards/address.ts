import { excerpt } from '#lib/bounds';
import { isAddress } from '#lib/modelarts/reading/named-node';
import type { Facts, Guard } from './guard.ts';
import { unknown } from './unknown.ts';

/**
 * An address stands for a node only if exactly one node of the pool has it. If several have it, the command goes to a person
 * at once: a node that is being removed may share its address with its successor. While another node shows no address, it
 * may be a second holder; the resolution must then hold in two readings, as far apart as the absence of a node must last to
 * prove that it is gone.
 */
export const oneBearer: Guard = (facts, now) => {
  const { target, node, bearers = [], unaddressed = 0, remediation, waits } = facts;
  const guard = 'address';
  if (node?.name === target) return { guard, allowed: true, why: 'the command names the node by its name' };
  if (bearers.length > 1) return { guard, allowed: false, handsOver: true, why: ambiguity(target, bearers) };
  const [bearer] = bearers;
  if (!node && bearer)
    return {
      guard,
      allowed: true,
      why: `node ${bearer.name} has ${target} now, but the command means another`,
    };
  if (!node)
    return { guard, allowed: true, why: `no node of the pool has the address or server id ${target}` };
  if (!isAddress(target))
    return { guard, allowed: true, why: `only node ${node.name} of the pool has the server id ${target}` };
  const twin = facts.reading.unreadable?.nodes?.find(({ address }) => address === target);
  if (twin)
    return unknown(guard, `an unreadable node has the address ${target}, too: ${twin.why}`, facts, now);
  const why = `only node ${node.name} of the pool has the address ${target}`;
  if (unaddressed === 0) return { guard, allowed: true, why };
  const known = remediation.resolved?.[target];
  const sinceMs = known?.node === node.name ? Date.parse(known.since) : now;
  const doubt = `${why}; ${unaddressed} other nodes show no address, or are missing`;
  if (now - sinceMs >= waits.goneAfterMs)
    return {
      guard,
      allowed: true,
      why: `${doubt}; this has not changed since ${new Date(sinceMs).toISOString()}`,
    };
  const until = new Date(sinceMs + waits.goneAfterMs).toISOString();
  return { guard, allowed: false, defers: true, until, why: `${doubt}: Poolkeeper reads the pool once more` };
};

/** Limit of the named nodes in a text about an address. */
const MAX_BEARERS = 10;

/** The nodes that have an address, with their phases, for the person who decides between them. */
export function ambiguity(address: string, bearers: NonNullable<Facts['bearers']>): string {
  const named = bearers
    .slice(0, MAX_BEARERS)
    .map(({ name, phase }) => `${name} (${excerpt(phase, 40) || 'no phase'})`);
  const others = bearers.length - named.length;
  const nodes = [...named, ...(others > 0 ? [`and ${others} others`] : [])].join(', ');
  const what = isAddress(address) ? 'address' : 'server id';
  return `${bearers.length} nodes of the pool have the ${what} ${address}: ${nodes}. Find out which node the command means, and send a command with its name`;
}
