import { Command } from '#events/command';
import { isNodePoolAction, type NodePoolAction } from '#lib/actions/traits';
import { type Mode, moreCautious } from '#lib/rules/mode';
import type { ActionRung, Rung } from '#lib/rules/rules';

/**
 * The command of a rung about the nodes that alerts name, or about a node pool: the one that the rung names, or that of the
 * node. It goes through the command's own schema, so that it is the same content here as where it comes off the queue.
 */
export function commandOfRung(
  rung: ActionRung,
  nodes: readonly string[],
  shared: Pick<Command, 'pool' | 'evidenceAt' | 'reason' | 'mode'>,
): Command {
  const { action, parameters } = rung;
  const target = isAboutNodePool(rung)
    ? { node: nodes[0], ...(rung.nodePool !== undefined && { nodePool: rung.nodePool }) }
    : { nodes };
  return Command.parse({ ...shared, action, ...target, parameters });
}

/** The mode of a rung in a ladder that runs in `mode`: never less cautious than that. */
export function modeOfRung(rung: Rung | undefined, mode: Mode): Mode {
  return rung && rung.action !== 'notify' && rung.mode ? moreCautious(rung.mode, mode) : mode;
}

function isAboutNodePool(rung: ActionRung): rung is Extract<ActionRung, { action: NodePoolAction }> {
  return isNodePoolAction(rung.action);
}
