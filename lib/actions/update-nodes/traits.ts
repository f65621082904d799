import * as z from 'zod';
import type { NodeActionTraits } from '#lib/actions/declaration';
import { batchUpdateNodes } from '#lib/modelarts/endpoints/batch-update-nodes';
import { BatchUpdateNodesParameters } from '#lib/modelarts/requests/batch-update-nodes';

/** Sets tags or HA redundancy of nodes. */
export const updateNodesTraits = {
  name: 'update-nodes',
  target: 'nodes',
  endpoint: batchUpdateNodes,
  vendorName: 'batch-update',
  parameters: BatchUpdateNodesParameters,
  participle: 'updated',
  disruptive: isolates,
  deadline: { default: '15m', describe: 'For batch-update, which starts no job.' },
  until: 'state',
  needs: 'nodes',
  verified: 'node verified',
  describe: {
    rung: 'Change tags or HA redundancy of the node. Parameters: the request body of batch-update.',
    schedule: 'Change tags or HA redundancy of nodes.',
    function: 'Sets HA redundancy and tags of nodes',
  },
  // Opening and closing HA redundancy go together.
  changedParts: (parameters) =>
    changesRedundancy(parameters)
      ? ['redundancy']
      : Tags.parse(parameters).tags.map(({ key }) => `tag ${key.toLowerCase()}`),
} as const satisfies NodeActionTraits;

const Tags = z.looseObject({ tags: z.array(z.looseObject({ key: z.string() })).catch([]) });

/** Whether an update takes nodes out of service: an HA node is isolated. Closing HA redundancy returns it. */
function isolates({ action }: Readonly<Record<string, unknown>>): boolean {
  return action === 'openHaRedundant';
}

/** Whether an update is one of HA redundancy: a label of the node shows it, and it moves what runs there. Any other is of tags. */
export function changesRedundancy({ action }: Readonly<Record<string, unknown>>): boolean {
  return action === 'openHaRedundant' || action === 'closeHaRedundant';
}
