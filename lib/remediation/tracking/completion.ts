import { verifyDeletion } from '#lib/actions/delete-node-pool/verify';
import { verifyMigration } from '#lib/actions/migrate-nodes/verify';
import type { Action } from '#lib/actions/traits';
import { verifyNodePoolChange } from '#lib/actions/update-node-pool/verify';
import { verifyUpdate } from '#lib/actions/update-nodes/verify';
import type { Verify } from '#lib/verification/verification';
import { verifyNode } from '#lib/verification/verify-node';

/** How a target of each action is seen to be as it should be. What has to be read for it is among the action's traits. */
export const verifications: Readonly<Record<Action, Verify>> = {
  'reset-nodes': verifyNode,
  'migrate-nodes': verifyMigration,
  'update-nodes': verifyUpdate,
  'update-node-pool': verifyNodePoolChange,
  'delete-node-pool': verifyDeletion,
};
