import * as z from 'zod';
import { modes } from '#lib/rules/mode';
import type { DocumentKind } from './change.ts';
import type { DocumentKey } from './store.ts';

const Globs = z.array(z.string());

/** A tag policy that came by a message. It is in force until the next one of its name. */
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
  /** Of two messages the one with the later time counts. */
  updatedAt: z.iso.datetime({ offset: true }),
});
export type SentTagPolicy = z.output<typeof SentTagPolicy>;

/** What the ledger knows of the tag policies of a pool. */
const PoolTagPolicies = z.object({
  pool: z.string(),
  sent: z.record(z.string(), SentTagPolicy),
  /** Whether any node may still have a tag for the sake of a policy: then there is something to take away when it goes. */
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
