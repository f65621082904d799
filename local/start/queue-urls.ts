import { actions } from '#lib/rules/action';
import type { Cloud } from '#local/cloud/cloud';

/** The queue of each action that has a function: the one that the function is fed from. */
export function queueUrls({ description }: Pick<Cloud, 'description'>): Record<string, string> {
  const { functions, mappings, queues } = description;
  return Object.fromEntries(
    actions.flatMap((action) => {
      const name = functions.find(({ handler }) => handler === `dist/${action}.handler`)?.name;
      const mapping = mappings.find(({ functionName }) => name !== undefined && functionName === name);
      const url = queues.find((queue) => queue.name === mapping?.queueName)?.url;
      return url === undefined ? [] : [[action, url]];
    }),
  );
}
