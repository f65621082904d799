import type { Facts } from './guard.ts';

/** The target's name in the ledger and in the API: the node's own name, even if the command gave an address. */
export function nameOf({ node, target }: Pick<Facts, 'node' | 'target'>): string {
  return node?.name ?? target;
}
