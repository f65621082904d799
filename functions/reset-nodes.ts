import { resetNodes } from '#lib/actions/reset-nodes/definition';
import { onQueue } from '#lib/handler/on-queue';
import { act } from '#lib/remediation/execution/act';
import { actionServices } from '#lib/services';

/** Resets the nodes that commands name. A reset wipes the node; the job that it starts is followed by `poll-jobs`. */
export const handler = onQueue({
  name: 'reset-nodes',
  services: actionServices('reset-nodes'),
  handle: act(resetNodes),
});
