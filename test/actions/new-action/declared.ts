import * as z from 'zod';
import { catalogue } from '#lib/actions/catalogue';
import type { ActionTraits, NodeActionTraits } from '#lib/actions/declaration';
import { defineEndpoint } from '#lib/modelarts/client/endpoint';
import { AcceptedJob } from '#lib/modelarts/replies/accepted-job';
import { NodeNames } from '#lib/modelarts/requests/node-names';

// An action that Poolkeeper does not have, declared as CONTRIBUTING.md says. Import this file first: lists, schemas and tables are
// made from the catalogue when their files are loaded, so they then have this action.

export const BatchRebootNodesRequest = z.strictObject({ nodeNames: NodeNames });
export type BatchRebootNodesRequest = z.output<typeof BatchRebootNodesRequest>;

const batchRebootNodes = defineEndpoint({
  name: 'batchRebootNodes',
  method: 'POST',
  path: '/v2/{project_id}/pools/{pool_name}/nodes/batch-reboot',
  body: BatchRebootNodesRequest,
  reply: AcceptedJob,
  idempotent: false,
  page: 'a page of this test',
});

export const rebootNodesTraits = {
  name: 'reboot-nodes',
  target: 'nodes',
  endpoint: batchRebootNodes,
  vendorName: 'batch-reboot',
  parameters: z.strictObject({}),
  participle: 'restarted',
  disruptive: () => true,
  deadline: { default: '20m', describe: 'For batch-reboot.' },
  until: 'job',
  jobType: 'reboot-node',
  needs: 'nodes',
  verified: 'node healthy',
  describe: {
    rung: 'Restart the node.',
    schedule: 'Restart nodes.',
    function: 'Restarts nodes, once, and hands the job to poll-jobs',
  },
} as const satisfies NodeActionTraits;

(catalogue as unknown as ActionTraits[]).push(rebootNodesTraits);
