import type { Endpoint } from '#lib/modelarts/client/endpoint';
import { batchMigrateNodes } from '#lib/modelarts/endpoints/batch-migrate-nodes';
import { batchResetNodes } from '#lib/modelarts/endpoints/batch-reset-nodes';
import { batchUpdateNodes } from '#lib/modelarts/endpoints/batch-update-nodes';
import { deleteNodePool } from '#lib/modelarts/endpoints/delete-node-pool';
import { patchNodePool } from '#lib/modelarts/endpoints/patch-node-pool';
import type { Action, RemediationAction } from '#lib/rules/action';

/** The endpoint that carries out each action. An action without one does not compile. */
export const endpointOf = {
  'reset-nodes': batchResetNodes,
  'update-nodes': batchUpdateNodes,
  'migrate-nodes': batchMigrateNodes,
  'update-node-pool': patchNodePool,
  'delete-node-pool': deleteNodePool,
} as const satisfies Record<Action, Pick<Endpoint, 'name' | 'idempotent'>>;

/**
 * Whether the request of an action may be sent again when nobody knows what came of it. Its endpoint alone says so; whatever
 * has to decide about a lost call, a lease or a cooldown asks here.
 */
export function mayBeSentTwice(action: RemediationAction): boolean {
  return action === 'notify' || endpointOf[action].idempotent;
}

/** Whether an update takes nodes out of service: an HA node is isolated. Closing HA redundancy gives it back. */
export function isolates({ action }: Readonly<Record<string, unknown>>): boolean {
  return action === 'openHaRedundant';
}
