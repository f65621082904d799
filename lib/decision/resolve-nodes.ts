import type { Finding } from './decide.ts';
import { targetText } from './target.ts';

/** A pool's nodes by their private addresses. */
export type AddressBook = ReadonlyMap<string, string>;

/** A finding whose node is known, or at least what the alert calls it. */
export type Located = Finding & { node: string };

/**
 * Finds the node of each finding. An address is looked up in its pool's node list; where that could not be read it stands
 * for the node, and whoever acts on it looks it up again.
 *
 * @param books by pool id; undefined for a pool whose node list could not be read.
 */
export function locate(
  findings: readonly Finding[],
  books: ReadonlyMap<string, AddressBook | undefined>,
): { located: Located[]; ignored: { alert: string; why: string }[] } {
  const located: Located[] = [];
  const ignored: { alert: string; why: string }[] = [];
  for (const finding of findings) {
    const { target, pool, alert } = finding;
    const book = books.get(pool.id);
    const node = target.kind === 'address' && book ? book.get(target.address) : targetText(target);
    if (node === undefined) {
      ignored.push({
        alert: alert.fingerprint,
        why: `pool ${pool.name} has no node with the private address ${targetText(target)}`,
      });
    } else {
      located.push({ ...finding, node });
    }
  }
  return { located, ignored };
}

/** The findings of one remediation: same rule, same pool, same node. */
export function groupByRemediation(located: readonly Located[]): [Located, ...Located[]][] {
  const groups = new Map<string, [Located, ...Located[]]>();
  for (const finding of located) {
    const key = JSON.stringify([finding.rule.name, finding.pool.id, finding.node]);
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()];
}
