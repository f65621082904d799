import { verifyMigration } from '#lib/actions/migrate-nodes/verify';
import { verifyNodePoolChange } from '#lib/actions/node-pools/verify-change';
import { verifyDeletion } from '#lib/actions/node-pools/verify-deletion';
import { verifyUpdate } from '#lib/actions/update-nodes/verify';
import type { Action } from '#lib/rules/action';
import type { Verify } from '#lib/verification/verification';
import { verifyNode } from '#lib/verification/verify-node';

/** How an action is followed to its end. */
export type Following = {
  /** `job`: until the job has ended, and then by what is read. `state`: by what is read alone. */
  by: 'job' | 'state';
  /** What has to be read for the verification. */
  needs: 'nodes' | 'node-pools' | 'absence' | 'destination';
  verify: Verify;
};

/** Every action's way to its end. */
export const followings: Readonly<Record<Action, Following>> = {
  'reset-nodes': { by: 'job', needs: 'nodes', verify: verifyNode },
  'migrate-nodes': { by: 'job', needs: 'destination', verify: verifyMigration },
  'update-nodes': { by: 'state', needs: 'nodes', verify: verifyUpdate },
  'update-node-pool': { by: 'state', needs: 'node-pools', verify: verifyNodePoolChange },
  'delete-node-pool': { by: 'state', needs: 'absence', verify: verifyDeletion },
};
