import * as z from 'zod';
import { listOf, section, TolerantText } from './tolerant.ts';

/** A name, as the page's table says, or a name with a status, as its example shows (docs/design/modelarts-api.md 10, row 4). */
const Named = z.union([
  z.string().transform((name) => ({ name, status: undefined })),
  z
    .looseObject({ name: z.string(), status: TolerantText })
    .transform(({ name, status }) => ({ name, status })),
]);

/**
 * The outcome of each node of a batch-update. An HTTP 200 may hold failures, even inside `successNodeNames`: only the status
 * `success` there counts as success. A node of the request may be in neither list (docs/design/modelarts-api.md 10, row 5): its
 * outcome is then unknown, and it must not count as done.
 */
export const NodeOutcomes = section({
  successNodeNames: listOf(Named),
  failNodeNames: listOf(Named),
  nodes: listOf(Named),
}).transform(({ successNodeNames, failNodeNames, nodes }) => {
  const failed = new Map(failNodeNames.map((outcome) => [outcome.name, outcome]));
  const succeeded = new Set<string>();
  const judged = [
    ...successNodeNames.map(({ name, status = 'success' }) => ({ name, status })),
    ...nodes.map(({ name, status = 'unknown' }) => ({ name, status })),
  ];
  for (const outcome of judged) {
    if (outcome.status.toLowerCase() === 'success') succeeded.add(outcome.name);
    else if (!failed.has(outcome.name)) failed.set(outcome.name, outcome);
  }
  return { succeeded: [...succeeded].filter((name) => !failed.has(name)), failed: [...failed.values()] };
});
export type NodeOutcomes = z.output<typeof NodeOutcomes>;
