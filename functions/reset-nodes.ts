import { resetNodes } from '#lib/actions/reset-nodes/definition';
import { systemClock } from '#lib/clock';
import { onQueue } from '#lib/handler/on-queue';
import { handleCommands } from '#lib/remediation/execution/act';
import { actionServices } from '#lib/services';
import { warmCommands } from '#lib/warm-up/commands';
import { RESET_PARAMETERS } from '#lib/warm-up/sample-names';

const handle = handleCommands(resetNodes);

/** Resets the nodes of commands. A reset wipes the node. `poll-jobs` follows its job. */
export const handler = onQueue({
  name: 'reset-nodes',
  services: actionServices('reset-nodes'),
  handle,
  warm: warmCommands('reset-nodes', RESET_PARAMETERS, handle, systemClock),
});
