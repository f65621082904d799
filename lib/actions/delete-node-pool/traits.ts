import * as z from 'zod';
import type { NodePoolActionTraits } from '#lib/actions/declaration';
import { deleteNodePool } from '#lib/modelarts/endpoints/delete-node-pool';

/** Deletes a node pool with all of its nodes. */
export const deleteNodePoolTraits = {
  name: 'delete-node-pool',
  target: 'node-pool',
  endpoint: deleteNodePool,
  vendorName: 'delete',
  parameters: z.strictObject({}).default({}),
  inRules: { fields: {}, toParameters: () => ({}) },
  deadline: { default: '45m', describe: 'For the deletion of a node pool.' },
  until: 'state',
  needs: 'absence',
  verified: 'node pool gone',
  describe: {
    rung: 'Delete a node pool with all of its nodes, once a person has approved the plan.',
    schedule: 'Delete a node pool with all of its nodes, once a person has approved the plan.',
    function: 'Deletes a node pool whose plan a person has approved',
  },
} as const satisfies NodePoolActionTraits;
