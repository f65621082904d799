import { resetNodes } from '#lib/actions/reset-nodes/definition';
import { onQueue } from '#lib/handler/on-queue';
import { handleCommands } from '#lib/remediation/execution/act';
import { actionServices } from '#lib/services';

/** Resets the nodes of commands. A reset wipes the node. `poll-jobs` follows its job. */
export const handler = onQueue({
  name: 'reset-nodes',
  services: actionServices('reset-nodes'),
  handle: handleCommands(resetNodes),
});
