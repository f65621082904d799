import * as z from 'zod';
import { modes } from '#lib/rules/mode';
import type { DocumentKind } from './change.ts';
import type { DocumentKey } from './store.ts';

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
});
export type PoolTagPolicies = z.output<typeof PoolTagPolicies>;

export const poolTagPoliciesKind: DocumentKind<PoolTagPolicies> = {
  name: 'tag policies of a pool',
  schema: PoolTagPolicies,
};

export function poolTagPoliciesKey(pool: string): DocumentKey {
  return { pk: `tag-policies#${pool}`, sk: '-' };
}
