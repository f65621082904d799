import { acceptEvent } from '#lib/actions/accept-event/definition';
import { verifyAcceptance } from '#lib/actions/accept-event/verify';
import type { ActionDefinition } from '#lib/actions/action';
import { deleteNodePool } from '#lib/actions/delete-node-pool/definition';
import { verifyDeletion } from '#lib/actions/delete-node-pool/verify';
import { migrateNodes } from '#lib/actions/migrate-nodes/definition';
import { verifyMigration } from '#lib/actions/migrate-nodes/verify';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import type { Action } from '#lib/actions/traits';
import { updateNodePool } from '#lib/actions/update-node-pool/definition';
import { verifyNodePoolChange } from '#lib/actions/update-node-pool/verify';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import { verifyUpdate } from '#lib/actions/update-nodes/verify';
import type { Verify } from '#lib/verification/verification';
import { verifyNode } from '#lib/verification/verify-node';

// The code of every action. `sideEffects` in package.json says that the import of a module does nothing, so a bundle has only the table that
// its function uses: `poll-jobs` carries no definition.

/** The definition of each action. Only a rehearsal has them together: each function carries its own. */
export const definitions: Readonly<Record<Action, ActionDefinition<Record<string, unknown>>>> = {
  'reset-nodes': resetNodes,
  'update-nodes': updateNodes,
  'migrate-nodes': migrateNodes,
  'update-node-pool': updateNodePool,
  'delete-node-pool': deleteNodePool,
  'accept-event': acceptEvent,
};

/** The verification of a target, for each action. The action's traits say which lists it needs. */
export const verifications: Readonly<Record<Action, Verify>> = {
  'reset-nodes': verifyNode,
  'migrate-nodes': verifyMigration,
  'update-nodes': verifyUpdate,
  'update-node-pool': verifyNodePoolChange,
  'delete-node-pool': verifyDeletion,
  'accept-event': verifyAcceptance,
};
