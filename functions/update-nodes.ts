import { updateNodes } from '#lib/actions/update-nodes/definition';
import { onQueue } from '#lib/handler/on-queue';
import { handleCommands } from '#lib/remediation/execution/act';
import { actionServices } from '#lib/services';

/** Sets HA redundancy or tags of nodes. The API answers at once, for each node by itself. */
export const handler = onQueue({
  name: 'update-nodes',
  services: actionServices('update-nodes'),
  handle: handleCommands(updateNodes),
});
