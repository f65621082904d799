import * as z from 'zod';
import type { NodePoolActionTraits } from '#lib/actions/declaration';
import { patchNodePool } from '#lib/modelarts/endpoints/patch-node-pool';
import { changeIn } from '#lib/modelarts/requests/node-pool-patch';
import { PoolResourceChange } from '#lib/modelarts/requests/patch-node-pool';

/** Changes a node pool. The call fills in what a command leaves as it is. */
export const updateNodePoolTraits = {
  name: 'update-node-pool',
  target: 'node-pool',
  endpoint: patchNodePool,
  vendorName: 'patch',
  parameters: z.strictObject({ spec: z.strictObject({ resources: PoolResourceChange }) }),
  inRules: {
    fields: {
      resources: PoolResourceChange.describe(
        'The changes, with the field names of the API. Absent fields stay unchanged, and null removes a field.',
      ),
    },
    toParameters: ({ resources }) => ({ spec: { resources } }),
  },
  namesTargetAt: {
    fields: ['resources', 'nodePool'],
    parameters: ['spec', 'resources', 'nodePool'],
  },
  deadline: { default: '45m', describe: 'For a change of a node pool.' },
  until: 'state',
  needs: 'node-pools',
  verified: 'node pool verified',
  describe: {
    rung: 'Change a node pool. One that would become smaller waits for an approval.',
    schedule: 'Change a node pool.',
    function: 'Changes a node pool by reading, merging and writing',
  },
  // The two numbers of a node pool go together.
  changedParts: (parameters) =>
    Object.keys(changeIn(parameters)).map((field) => (field === 'maxCount' ? 'count' : field)),
} as const satisfies NodePoolActionTraits;
