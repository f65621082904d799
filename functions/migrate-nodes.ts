import { migrateNodes } from '#lib/actions/migrate-nodes/definition';
import { onQueue } from '#lib/handler/on-queue';
import { handleCommands } from '#lib/remediation/execution/act';
import { actionServices } from '#lib/services';

/** Moves nodes to another pool. `poll-jobs` follows the job until the other pool has them. */
export const handler = onQueue({
  name: 'migrate-nodes',
  services: actionServices('migrate-nodes'),
  handle: handleCommands(migrateNodes),
});
