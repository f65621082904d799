import { deleteNodePool } from '#lib/actions/delete-node-pool/definition';
import { onQueue } from '#lib/handler/on-queue';
import { handleCommands } from '#lib/remediation/execution/act';
import { actionServices } from '#lib/services';

/**
 * Deletes a node pool with all of its nodes, once a person has approved exactly the recorded plan. Followed until it is gone.
 */
export const handler = onQueue({
  name: 'delete-node-pool',
  services: actionServices('delete-node-pool'),
  handle: handleCommands(deleteNodePool),
});
