import { acceptEvent } from '#lib/actions/accept-event/definition';
import { deleteNodePool } from '#lib/actions/delete-node-pool/definition';
import { migrateNodes } from '#lib/actions/migrate-nodes/definition';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import type { Action } from '#lib/actions/traits';
import { updateNodePool } from '#lib/actions/update-node-pool/definition';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import type { QueueFunction } from '#lib/handler/on-queue';
import { handleCommands } from '#lib/remediation/execution/act';
import type { RemediationServices } from '#lib/remediation/record/services';

/** The handler of each action's function. Only a rehearsal has them together: each deployed function carries its own. */
export const commandHandlers: Readonly<Record<Action, QueueFunction<RemediationServices>['handle']>> = {
  'reset-nodes': handleCommands(resetNodes),
  'update-nodes': handleCommands(updateNodes),
  'migrate-nodes': handleCommands(migrateNodes),
  'update-node-pool': handleCommands(updateNodePool),
  'delete-node-pool': handleCommands(deleteNodePool),
  'accept-event': handleCommands(acceptEvent),
};
