import { contentId } from '#lib/hash';
import type { Issue } from '#lib/remediation/messages/submit-commands';
import { inCommands } from '#lib/remediation/record/command-size';
import { modes } from '#lib/rules/mode';
import { changeRounds, fewestGroups, type NodeDrift, tagKey } from './groups.ts';

/** A change without effect gets another command after this time. */
const ASK_AGAIN_MS = 3_600_000;

/** Time between commands for the same node, so that the second does not meet the hold of the first. */
const APART_SECONDS = 30;

/**
 * The fewest commands for the changes of a pool's nodes. A command has one action and one list of tags for all of its nodes.
 * Nodes with the same changes share a command. If that gives fewer commands, tags of the same nodes share one instead.
 *
 * A command's id derives from its content, from the last time of the same change to the same nodes, and in mode `act` from
 * the hour: two runs with the same finding request it once, and a failed change is requested again. A change that is only
 * observed or waits for an approval is recorded once for as long as nothing changes.
 *
 * @param at epoch milliseconds: `runMs` of the run (the same in a repeated run), `nowMs` of this moment
 */
export function planCommands(
  pool: string,
  drifts: readonly NodeDrift[],
  at: { runMs: number; nowMs: number },
): Issue[] {
  const groups = modes.flatMap((mode) =>
    (['createTags', 'deleteTags'] as const).flatMap((action) => {
      const ofKind = drifts.map(({ node, changes }) => ({
        node,
        changes: changes.filter((change) => change.mode === mode && change.action === action),
      }));
      return changeRounds(ofKind).flatMap((drift) =>
        fewestGroups(drift).map((group) => ({ ...group, mode, action })),
      );
    }),
  );
  const known = new Map(
    drifts.map(({ node, createdAt, changes }) => [
      node,
      { createdAt, lastAt: new Map(changes.map((change) => [tagKey(change), change.lastAt])) },
    ]),
  );
  const evidenceAt = new Date(at.nowMs).toISOString();
  const commandsOfNode = new Map<string, number>();

  return groups.flatMap(({ nodes, changes, mode, action }) =>
    inCommands(nodes).map((named): Issue => {
      const tags = changes.map(({ key, value }) => ({ key, value }));
      const content = { pool, action, tags, mode };
      const basis = named.map((node) => [
        node,
        known.get(node)?.createdAt,
        ...changes.map((change) => known.get(node)?.lastAt.get(tagKey(change))),
      ]);
      const hour = mode === 'act' ? Math.floor(at.runMs / ASK_AGAIN_MS) : undefined;
      const earlier = Math.max(...named.map((node) => commandsOfNode.get(node) ?? 0));
      for (const node of named) commandsOfNode.set(node, earlier + 1);
      const policies = Object.fromEntries(changes.map(({ key, policy }) => [key, policy]));
      return {
        command: {
          id: `tags-${contentId({ ...content, basis, hour })}`,
          action: 'update-nodes',
          pool,
          nodes: named,
          parameters: { action, tags },
          evidenceAt,
          reason: { source: 'tag-policy', policies },
          mode,
        },
        alerts: [],
        receipts: [
          { step: 'event' as const, source: 'tag-policy', policies: [...new Set(Object.values(policies))] },
        ],
        delaySeconds: earlier * APART_SECONDS,
      };
    }),
  );
}
