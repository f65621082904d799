import { showPool } from '#lib/modelarts/endpoints/show-pool';
import type { Pool } from '#lib/modelarts/replies/pool';
import { lazily } from './pool-reader.ts';

/** The first answer about the pool itself. */
export const firstAnswerOf = lazily(({ client, options }, pool) =>
  client.send(showPool, { path: { pool_name: pool } }, options),
);
/** The pool itself. A second answer completes a first one that omits its locks or its billing. */
export const poolItself = lazily(async (reader, pool) => {
  const one = await firstAnswerOf(reader, pool);
  if (isWhole(one)) return one;
  return completed(one, await reader.client.send(showPool, { path: { pool_name: pool } }, reader.options));
});

/** Whether an answer shows the pool's locks and its billing. One answer may omit them. */
function isWhole({ controlMode, annotations, type, unreadable }: Pool): boolean {
  return (
    controlMode !== undefined && Object.keys(annotations).length > 0 && type !== undefined && !unreadable
  );
}

function completed(one: Pool, other: Pool): Pool {
  return {
    ...other,
    ...(other.type === undefined && { type: one.type }),
    controlMode: one.controlMode ?? other.controlMode,
    annotations: { ...one.annotations, ...other.annotations },
    labels: { ...one.labels, ...other.labels },
  };
}
