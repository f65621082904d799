import type { IdentifiedCommand } from '#lib/remediation/record/open';
import { parameters } from '#lib/rules/parameters';
import type { Schedule } from '#lib/rules/rules';

type Shared = Pick<IdentifiedCommand, 'id' | 'pool' | 'evidenceAt' | 'reason' | 'options' | 'mode'>;

/** What a schedule asks for, of these nodes where it is about nodes. Its parameters were found right when the rules were read. */
export function commandFor(schedule: Schedule, nodes: readonly string[], shared: Shared): IdentifiedCommand {
  const { action, parameters: given } = schedule;
  switch (action) {
    case 'reset-nodes':
      return { ...shared, action, nodes: [...nodes], parameters: parameters[action].parse(given) };
    case 'update-nodes':
      return { ...shared, action, nodes: [...nodes], parameters: parameters[action].parse(given) };
    case 'migrate-nodes':
      return { ...shared, action, nodes: [...nodes], parameters: parameters[action].parse(given) };
    case 'update-node-pool':
      return { ...shared, action, nodePool: schedule.nodePool, parameters: parameters[action].parse(given) };
    case 'delete-node-pool':
      return { ...shared, action, nodePool: schedule.nodePool, parameters: parameters[action].parse(given) };
  }
}
