import type { Facts } from './guard.ts';

/** The name that the ledger and the API have for a target: the node's own name, also where the command gave an address. */
export function nameOf({ node, target }: Pick<Facts, 'node' | 'target'>): string {
  return node?.name ?? target;
}
