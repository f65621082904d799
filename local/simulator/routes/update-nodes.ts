import * as z from 'zod';
import { badRequest } from '../api-error.ts';
import type { Settings } from '../options.ts';
import { type Node, runsWorkload } from '../world/node.ts';
import { isBusy } from '../world/node-state.ts';
import { NodeNames, nodesNamed } from './named-nodes.ts';
import { parseRequestBody } from './request-body.ts';
import { poolInPath, type Route } from './route.ts';

// batch-update-nodes, Table 4: letters (of any language), digits, spaces and _.:=+-@, no space at either end.
const tagText = /^(?! )[\p{L}\p{N} _.:=+\-@]*(?<! )$/u;

const NodeTag = z.strictObject({
  key: z
    .string()
    .min(1)
    .regex(tagText, { error: 'has characters that a tag key cannot have, or a space at an end' })
    .regex(/^(?!_?sys)/, { error: 'cannot start with sys' }),
  value: z
    .string()
    .regex(tagText, { error: 'has characters that a tag value cannot have, or a space at an end' }),
});

/**
 * batch-update-nodes, Tables 2 to 4. The page does not assign fields to actions. Here the tag actions need `tags`, and
 * `haRedundantEnable` must not contradict the action (docs/design/modelarts-api.md 10 #7). `driver` does nothing: no action is
 * documented for it (#8).
 */
const BatchUpdate = z
  .strictObject({
    nodeNames: NodeNames,
    action: z.enum(['openHaRedundant', 'closeHaRedundant', 'createTags', 'deleteTags']),
    haRedundantEnable: z.boolean().optional(),
    haRedundantEffect: z.enum(['NoSchedule', 'NoExecute']).optional(),
    driver: z
      .strictObject({ version: z.string().optional(), updateStrategy: z.string().optional() })
      .optional(),
    tags: z.array(NodeTag).default([]),
  })
  .refine(({ action, tags }) => !action.endsWith('Tags') || tags.length > 0, {
    path: ['tags'],
    error: 'needed to create or delete tags',
  })
  .refine(
    ({ action, haRedundantEnable: enable }) =>
      !action.endsWith('HaRedundant') || enable === undefined || enable === (action === 'openHaRedundant'),
    { path: ['haRedundantEnable'], error: 'contradicts the action' },
  );
type BatchUpdate = z.output<typeof BatchUpdate>;

/** Creates or deletes tags of a node. A tag is deleted only if key and value match (docs/design/modelarts-api.md 2.5). */
export const applyTags = (
  own: Map<string, string>,
  action: 'createTags' | 'deleteTags',
  tags: readonly { readonly key: string; readonly value: string }[],
): void => {
  for (const { key, value } of tags) {
    if (action === 'createTags') own.set(key, value);
    else if (own.get(key) === value) own.delete(key);
  }
};

/** Updates one node. False if that node's state forbids it (docs/design/modelarts-api.md 4: no HA redundancy under a running job). */
const update = (node: Node, body: BatchUpdate): boolean => {
  if (isBusy(node)) return false;
  if (body.action === 'createTags' || body.action === 'deleteTags') {
    applyTags(node.tags, body.action, body.tags);
  } else {
    if (runsWorkload(node)) return false;
    node.haRedundant = body.action === 'openHaRedundant';
  }
  return true;
};

const listed = (nodes: readonly Node[], status: 'success' | 'failed', shape: Settings['batchUpdateAnswer']) =>
  nodes.map(({ name }) => (shape === 'strings' ? name : { name, status }));

/**
 * batch-update: takes effect at once, each node by itself. Failures are in `failNodeNames`, inside a 200. An empty list is
 * omitted, as in the page's example.
 */
export const batchUpdateNodes: Route = {
  endpoint: 'batch-update-nodes',
  method: 'POST',
  path: '/v2/{project_id}/pools/{pool_name}/nodes/batch-update',
  handle(request, world) {
    const pool = poolInPath(request, world);
    const body = parseRequestBody(request, BatchUpdate, 'application/json');
    const nodes = nodesNamed(pool, body.nodeNames);
    if (body.action === 'openHaRedundant' && pool.nodes.size < 2) {
      throw badRequest('HA redundancy needs a pool of at least two nodes');
    }
    const succeeded: Node[] = [];
    const failed: Node[] = [];
    for (const node of nodes) {
      const subject = { ...request.subject, nodes: [node.name] };
      const done = world.faults.take(['partial-update'], subject) === undefined && update(node, body);
      (done ? succeeded : failed).push(node);
    }
    const { batchUpdateAnswer } = world.settings;
    return {
      ...(succeeded.length > 0 && { successNodeNames: listed(succeeded, 'success', batchUpdateAnswer) }),
      ...(failed.length > 0 && { failNodeNames: listed(failed, 'failed', batchUpdateAnswer) }),
    };
  },
};
