import * as z from 'zod';
import { modes } from '#lib/rules/mode';
import { type DocumentKind, updateDocument } from './change.ts';
import type { DocumentKey, Store } from './store.ts';

const Globs = z.array(z.string());

/** A tag policy from a message. It is in force until the next one of its name. */
const SentTagPolicy = z.object({
  mode: z.enum(modes),
  nodes: z.object({
    flavor: Globs.exactOptional(),
    nodePool: Globs.exactOptional(),
    name: Globs.exactOptional(),
    labels: z.record(z.string(), Globs),
  }),
  /** See TagDemand. */
  demands: z.array(
    z.object({ key: z.string(), allowed: Globs.exactOptional(), value: z.string().exactOptional() }),
  ),
  /** The message with the latest time counts. */
  updatedAt: z.iso.datetime({ offset: true }),
});
export type SentTagPolicy = z.output<typeof SentTagPolicy>;

/** The tag policies of a pool that came by messages. */
const PoolTagPolicies = z.object({
  pool: z.string(),
  sent: z.record(z.string(), SentTagPolicy),
  /** Whether a node may still have a tag because of a policy. If so, the end of that policy deletes the tag. */
  enforced: z.boolean(),
  /** The time of a run that has found no such tag. Only a later run that finds none either ends the checks. */
  untracedAt: z.iso.datetime().exactOptional(),
});
export type PoolTagPolicies = z.output<typeof PoolTagPolicies>;

export const poolTagPoliciesKind: DocumentKind<PoolTagPolicies> = {
  name: 'tag policies of a pool',
  schema: PoolTagPolicies,
};

export function poolTagPoliciesKey(pool: string): DocumentKey {
  return { pk: `tag-policies#${pool}`, sk: '-' };
}

/** Records that a node of a pool may have a tag because of a policy. It writes nothing if that is known. */
export async function noteEnforced(store: Store, pool: string): Promise<void> {
  await updateDocument(store, poolTagPoliciesKind, poolTagPoliciesKey(pool), (current) =>
    current?.enforced && current.untracedAt === undefined
      ? undefined
      : { pool, sent: current?.sent ?? {}, enforced: true },
  );
}

/**
 * Records that a run has found no tag of a policy in a pool that has no policy. The first such run only notes its time, and a later
 * one ends the checks. In between `noteEnforced` takes the note back: a command of an ended policy may still put its tag there.
 *
 * @param seen what the run had read before it read the tags
 */
export async function noteUntraced(
  store: Store,
  pool: string,
  seen: PoolTagPolicies | undefined,
  now: number,
): Promise<void> {
  await updateDocument(store, poolTagPoliciesKind, poolTagPoliciesKey(pool), (current) => {
    if (!current?.enforced || current.untracedAt !== seen?.untracedAt) return undefined;
    const { untracedAt, ...others } = current;
    return untracedAt === undefined
      ? { ...others, untracedAt: new Date(now).toISOString() }
      : { ...others, enforced: false };
  });
}
