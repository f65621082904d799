import { isAddress } from '#lib/modelarts/reading/named-node';
import type { Facts, Guard } from './guard.ts';

/**
 * An address stands for a node only if exactly one node of the pool bears it. Several bearers go to a person at once: a node
 * that is on its way out may share its address with the one that follows it. While another node shows no address and so may
 * be a second bearer, the resolution must hold in two readings that lie as far apart as it takes to believe that a node is gone.
 */
export const oneBearer: Guard = (facts, now) => {
  const { target, node, bearers = [], unaddressed = 0, remediation, waits } = facts;
  const guard = 'address';
  if (!isAddress(target) || node?.name === target)
    return { guard, allowed: true, why: 'the command names the node by its name' };
  if (bearers.length > 1) return { guard, allowed: false, handsOver: true, why: ambiguity(target, bearers) };
  if (!node) return { guard, allowed: true, why: `no node of the reading bears the address ${target}` };
  const why = `of the pool's nodes only ${node.name} bears the address ${target}`;
  if (unaddressed === 0) return { guard, allowed: true, why };
  const known = remediation.resolved?.[target];
  const sinceMs = known?.node === node.name ? Date.parse(known.since) : now;
  const doubt = `${why}; ${unaddressed} others show no address, or are not shown`;
  if (now - sinceMs >= waits.goneAfterMs)
    return {
      guard,
      allowed: true,
      why: `${doubt}, since ${new Date(sinceMs).toISOString()} without a change`,
    };
  const until = new Date(sinceMs + waits.goneAfterMs).toISOString();
  return { guard, allowed: false, defers: true, until, why: `${doubt}: the pool is read once more` };
};

/** Which nodes bear an address, and in which phase they are: for the person who decides which of them is meant. */
export function ambiguity(address: string, bearers: NonNullable<Facts['bearers']>): string {
  const nodes = bearers.map(({ name, phase }) => `${name} (${phase || 'no phase'})`).join(', ');
  return `${bearers.length} nodes of the pool bear the address ${address}: ${nodes}. Find out which of them is meant, and send a command for it by its name`;
}
