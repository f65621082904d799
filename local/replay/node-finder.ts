import type { ReceivedAlert } from '#lib/alerts/sources/source';
import type { Rehearsal } from '#local/rehearsal/rehearsal';
import type { Node } from '#local/simulator/world/node';

/** Finds the node that an alert names, in any of its labels. */
export function nodeFinder(rehearsal: Rehearsal): (alert: ReceivedAlert) => Node | undefined {
  const nodes = new Map<string, Node>();
  for (const pool of rehearsal.world().pools.values())
    for (const node of pool.nodes.values()) {
      nodes.set(node.name, node);
      nodes.set(node.privateIp, node);
    }
  const known = new Map<string, Node | undefined>();
  return ({ fingerprint, labels }) => {
    if (!known.has(fingerprint)) {
      const values = Object.values(labels).map((value) => value.replace(/:\d{1,5}$/, ''));
      known.set(
        fingerprint,
        values.map((value) => nodes.get(value)).find((node) => node !== undefined),
      );
    }
    return known.get(fingerprint);
  };
}
