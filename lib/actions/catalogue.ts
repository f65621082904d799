import { acceptEventTraits } from './accept-event/traits.ts';
import { deleteNodePoolTraits } from './delete-node-pool/traits.ts';
import { migrateNodesTraits } from './migrate-nodes/traits.ts';
import { resetNodesTraits } from './reset-nodes/traits.ts';
import { updateNodePoolTraits } from './update-node-pool/traits.ts';
import { updateNodesTraits } from './update-nodes/traits.ts';

/** Every action. Lists, schemas, tables and deadlines by action derive from here, in this order. */
export const catalogue = [
  resetNodesTraits,
  updateNodesTraits,
  migrateNodesTraits,
  updateNodePoolTraits,
  deleteNodePoolTraits,
  acceptEventTraits,
] as const;
