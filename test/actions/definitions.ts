import { acceptEvent } from '#lib/actions/accept-event/definition';
import type { ActionDefinition } from '#lib/actions/action';
import { deleteNodePool } from '#lib/actions/delete-node-pool/definition';
import { migrateNodes } from '#lib/actions/migrate-nodes/definition';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import type { Action } from '#lib/actions/traits';
import { updateNodePool } from '#lib/actions/update-node-pool/definition';
import { updateNodes } from '#lib/actions/update-nodes/definition';

/** Every action's definition. The product has none of them together: each function carries its own. */
export const definitions: Readonly<Record<Action, ActionDefinition<any>>> = {
  'reset-nodes': resetNodes,
  'update-nodes': updateNodes,
  'migrate-nodes': migrateNodes,
  'update-node-pool': updateNodePool,
  'delete-node-pool': deleteNodePool,
  'accept-event': acceptEvent,
};
