import { acceptEvent } from '#lib/actions/accept-event/definition';
import { onQueue } from '#lib/handler/on-queue';
import { handleCommands } from '#lib/remediation/execution/act';
import { actionServices } from '#lib/services';

/** Authorizes planned maintenance of a node. `poll-jobs` reads the event until it has ended. */
export const handler = onQueue({
  name: 'accept-event',
  services: actionServices('accept-event'),
  handle: handleCommands(acceptEvent),
});
