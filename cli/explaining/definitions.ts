import { acceptEvent } from '#lib/actions/accept-event/definition';
import type { ActionDefinition } from '#lib/actions/action';
import { deleteNodePool } from '#lib/actions/delete-node-pool/definition';
import { migrateNodes } from '#lib/actions/migrate-nodes/definition';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import type { Action } from '#lib/actions/traits';
import { updateNodePool } from '#lib/actions/update-node-pool/definition';
import { updateNodes } from '#lib/actions/update-nodes/definition';

/** The parts of a definition that say what an action would do. */
export type Explained = Pick<ActionDefinition<Record<string, unknown>>, 'guards' | 'disruptiveGuards'> & {
  /** The body of the request for these targets and terms. It throws if a term is missing. */
  body: (targets: readonly string[], terms: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  /** Whether its guards rest on more than the nodes of the pool. */
  readsMore: boolean;
};

/** Every action. */
export const explained: Readonly<Record<Action, Explained>> = {
  'reset-nodes': { ...resetNodes, body: resetNodes.request, readsMore: false },
  'update-nodes': { ...updateNodes, body: updateNodes.request, readsMore: false },
  'migrate-nodes': { ...migrateNodes, body: migrateNodes.request, readsMore: true },
  'update-node-pool': { ...updateNodePool, body: updateNodePool.request, readsMore: true },
  'delete-node-pool': { ...deleteNodePool, body: deleteNodePool.request, readsMore: true },
  'accept-event': { ...acceptEvent, body: acceptEvent.request, readsMore: true },
};
