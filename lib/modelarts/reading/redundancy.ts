import { isUnreadable, type PoolNode } from '#lib/modelarts/replies/pool-node';

/** The label that shows whether HA redundancy is on (docs/design/modelarts-api.md, 2.3). */
export const REDUNDANCY_LABEL = 'os.modelarts.node/ha.redundant.enabled';

/** Whether a node shows that HA redundancy is on. Undefined: it shows nothing about it, which proves nothing. */
export function redundancyShown(node: PoolNode): boolean | undefined {
  if (isUnreadable(node, 'labels')) return undefined;
  const shown = node.labels[REDUNDANCY_LABEL];
  return shown === undefined ? undefined : shown === 'true';
}
