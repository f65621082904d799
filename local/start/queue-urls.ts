import type { Cloud } from '#local/cloud/cloud';

/** The queue of each function that reads from one, by the function's name in the stack. */
export function queueUrls({ description }: Pick<Cloud, 'description'>): Record<string, string> {
  const { functions, mappings, queues } = description;
  return Object.fromEntries(
    mappings.flatMap(({ functionName, queueName }) => {
      const handler = functions.find(({ name }) => name === functionName)?.handler;
      const name = /^dist\/(.+)\.handler$/.exec(handler ?? '')?.[1];
      const url = queues.find((queue) => queue.name === queueName)?.url;
      return name === undefined || url === undefined ? [] : [[name, url]];
    }),
  );
}
