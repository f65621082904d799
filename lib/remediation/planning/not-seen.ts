import { absenceOfNodePool } from '#lib/actions/node-pools/node-pool';
import type { Facts } from '#lib/guards/guard';
import { sightingOfNode } from '#lib/guards/node';
import type { Remediation } from '#lib/ledger/remediation';
import { absenceOf } from '#lib/modelarts/reading/absence';

/**
 * The targets that a reading does not show, each with the time since when it has been missing from every whole list. Undefined if
 * nothing was missing before, and nothing is now.
 *
 * @param facts of the targets that this reading was made for; the entries of other targets stay as they were.
 */
export function notSeenBy(
  { notSeen = {} }: Pick<Remediation, 'notSeen'>,
  facts: readonly Facts[],
): Remediation['notSeen'] {
  const kept = new Map(Object.entries(notSeen));
  for (const fact of facts) {
    const { target, readAtMs, waits } = fact;
    const isNodePool = fact.remediation.nodePool !== undefined;
    const sighting = isNodePool ? absenceOfNodePool(fact).sighting : sightingOfNode(fact);
    const since = absenceOf(sighting, notSeen[target], readAtMs, waits.goneAfterMs).notSeenSince;
    if (since === undefined) kept.delete(target);
    else kept.set(target, since);
  }
  return kept.size > 0 || Object.keys(notSeen).length > 0 ? Object.fromEntries(kept) : undefined;
}
