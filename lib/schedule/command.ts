import { type Action, traitsOf } from '#lib/actions/traits';
import type { IdentifiedCommand } from '#lib/remediation/record/open';
import type { Schedule } from '#lib/rules/rules';

type Shared = Pick<IdentifiedCommand, 'id' | 'pool' | 'evidenceAt' | 'reason' | 'options' | 'mode'>;

/**
 * The command of a schedule; for these nodes, if its action is for nodes. If a schedule selects no node, its command is recorded
 * without nodes, and never sent.
 */
export function scheduleCommand(
  schedule: Schedule,
  nodes: readonly string[],
  shared: Shared,
): IdentifiedCommand;
export function scheduleCommand(
  schedule: Schedule,
  nodes: readonly string[],
  shared: Shared,
): Shared & { action: Action; parameters: Record<string, unknown> } {
  const { action } = schedule;
  const parameters = traitsOf(action).parameters.parse(schedule.parameters);
  const target = 'nodes' in schedule ? { nodes: [...nodes] } : { nodePool: schedule.nodePool };
  return { ...shared, action, ...target, parameters };
}
