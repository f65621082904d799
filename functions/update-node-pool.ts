import { updateNodePool } from '#lib/actions/update-node-pool/definition';
import { onQueue } from '#lib/handler/on-queue';
import { handleCommands } from '#lib/remediation/execution/act';
import { actionServices } from '#lib/services';

/** Changes a node pool: read, merge, write. Poolkeeper reads the node pool until it has the desired state. */
export const handler = onQueue({
  name: 'update-node-pool',
  services: actionServices('update-node-pool'),
  handle: handleCommands(updateNodePool),
});
