import { inCommands } from '#lib/remediation/record/command-size';
import type { TagChange } from './comparison/drift.ts';

/** The changes of one node. */
export type NodeDrift = {
  node: string;
  /** It distinguishes the node from a later one with its name. */
  createdAt?: string | undefined;
  changes: readonly TagChange[];
};

/** Tags that the same nodes get, or lose. */
type Group = { nodes: readonly string[]; changes: readonly TagChange[] };

/** Splits changes into rounds. A list of tags has each key once, so a node loses several values of one key in several rounds. */
export function changeRounds(drifts: readonly NodeDrift[]): NodeDrift[][] {
  const parts = drifts.flatMap(({ node, changes }) => {
    const nth = (change: TagChange, index: number) =>
      changes.slice(0, index).filter(({ key }) => key === change.key).length;
    const byRound = Map.groupBy(
      changes.map((change, index) => ({ change, round: nth(change, index) })),
      ({ round }) => round,
    );
    return [...byRound].map(([round, members]) => ({
      round,
      node,
      changes: members.map(({ change }) => change),
    }));
  });
  return [...Map.groupBy(parts, ({ round }) => round).values()];
}

/** Groups by node or by tag, for the fewest commands. In a tie it groups by node, so that each node is in one command. */
export function fewestGroups(drifts: readonly NodeDrift[]): Group[] {
  const byNode = [
    ...Map.groupBy(drifts, ({ changes }) => JSON.stringify(changes.map(tagKey).toSorted())).values(),
  ].map((alike) => ({ nodes: alike.map(({ node }) => node), changes: alike[0]?.changes ?? [] }));
  const holdersByTag = Map.groupBy(
    drifts.flatMap(({ node, changes }) => changes.map((change) => ({ node, change }))),
    ({ change }) => tagKey(change),
  );
  const byTag = [
    ...Map.groupBy(holdersByTag.values(), (holders) =>
      JSON.stringify(holders.map(({ node }) => node).toSorted()),
    ).values(),
  ].map((alike) => ({
    nodes: alike[0]?.map(({ node }) => node) ?? [],
    changes: alike.flatMap(([first]) => first?.change ?? []),
  }));
  const groups = countOf(byNode) <= countOf(byTag) ? byNode : byTag;
  return groups.map(({ nodes, changes }) => ({
    nodes: nodes.toSorted(),
    changes: changes.toSorted((a, b) => (tagKey(a) < tagKey(b) ? -1 : 1)),
  }));
}

function countOf(groups: readonly Group[]): number {
  return groups.reduce((sum, { nodes }) => sum + inCommands(nodes).length, 0);
}

/** A tag and its change. The policies behind it may differ from node to node. */
export function tagKey({ action, key, value }: TagChange): string {
  return JSON.stringify([action, key, value]);
}
