import type { Facts } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';

/**
 * The addresses in a command, each with its node in this reading, and since when every reading has shown the same node there. An
 * address without exactly one node is dropped. From the first intent of the command on, each address stands for the node that it
 * has then. Undefined if the command has only names.
 *
 * @param facts of the targets that this reading was made for; the addresses of others stay as they were.
 */
export function resolvedBy(
  { resolved = {}, intendedAt }: Pick<Remediation, 'resolved' | 'intendedAt'>,
  facts: readonly Pick<Facts, 'target' | 'node'>[],
  now: number,
): Remediation['resolved'] {
  const kept = new Map(Object.entries(resolved));
  for (const { target, node } of facts) {
    const known = kept.get(target);
    if (known && intendedAt !== undefined) continue;
    if (!node || node.name === target) kept.delete(target);
    else if (known?.node !== node.name)
      kept.set(target, { node: node.name, since: new Date(now).toISOString() });
  }
  return kept.size > 0 || Object.keys(resolved).length > 0 ? Object.fromEntries(kept) : undefined;
}
