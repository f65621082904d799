import type { Facts } from '#lib/guards/guard';
import type { Remediation } from '#lib/ledger/remediation';

/**
 * The addresses in a command, each with its node in this reading, and since when every reading has shown the same node there. An
 * address without exactly one node is dropped, unless a call was prepared for its node: it stands for that node from then on.
 * Undefined if the command has only names.
 *
 * @param facts of the targets that this reading was made for; the addresses of others stay as they were.
 */
export function resolvedBy(
  { resolved = {}, intendedAt, outcomes }: Pick<Remediation, 'resolved' | 'intendedAt' | 'outcomes'>,
  facts: readonly Pick<Facts, 'target' | 'node'>[],
  now: number,
): Remediation['resolved'] {
  const kept = new Map(Object.entries(resolved));
  for (const { target, node } of facts) {
    const known = kept.get(target);
    const isMeant = known !== undefined && intendedAt !== undefined && outcomes[known.node] !== undefined;
    if (!node && isMeant) continue;
    if (!node || node.name === target) kept.delete(target);
    else if (known?.node !== node.name)
      kept.set(target, { node: node.name, since: new Date(now).toISOString() });
  }
  return kept.size > 0 || Object.keys(resolved).length > 0 ? Object.fromEntries(kept) : undefined;
}
