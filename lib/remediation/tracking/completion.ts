import { verifyAcceptance } from '#lib/actions/accept-event/verify';
import { verifyDeletion } from '#lib/actions/delete-node-pool/verify';
import { verifyMigration } from '#lib/actions/migrate-nodes/verify';
import type { Action } from '#lib/actions/traits';
import { verifyNodePoolChange } from '#lib/actions/update-node-pool/verify';
import { verifyUpdate } from '#lib/actions/update-nodes/verify';
import type { Verify } from '#lib/verification/verification';
import { verifyNode } from '#lib/verification/verify-node';

/** The verification of a target, for each action. The action's traits say which lists it needs. */
export const verifications: Readonly<Record<Action, Verify>> = {
  'reset-nodes': verifyNode,
  'migrate-nodes': verifyMigration,
  'update-nodes': verifyUpdate,
  'update-node-pool': verifyNodePoolChange,
  'delete-node-pool': verifyDeletion,
  'accept-event': verifyAcceptance,
};
