import * as z from 'zod';
import type { LastCheck } from '#lib/actions/action';
import { nodeTagsKey, nodeTagsKind } from '#lib/ledger/node-tags';
import { poolTagPoliciesKey, poolTagPoliciesKind } from '#lib/ledger/pool-tag-policies';
import { readMany } from '#lib/ledger/read-many';
import { policiesInForce } from '#lib/tag-policy/comparison/policy';
import { whyUnwanted } from '#lib/tag-policy/comparison/still-wanted';

const TagParameters = z.object({
  action: z.enum(['createTags', 'deleteTags']),
  tags: z.array(z.object({ key: z.string(), value: z.string() })),
});

/**
 * Compares a command of tag policies once more with the policies that are in force right before its call. It may have waited, for its
 * nodes or for an approval, and a policy may have changed or ended since. The next comparison of the pool asks for what is still due.
 */
export const policiesInForceCheck: LastCheck = async (facts, { store, rules }, now) => {
  const [first] = facts;
  const asked = TagParameters.safeParse(first?.remediation.parameters).data;
  if (!first || !asked || first.remediation.reason?.['source'] !== 'tag-policy') return { unreadable: [] };
  const { pool, remediation } = first;
  const nodes = facts.flatMap(({ node }) => node ?? []);
  const [sent, tags] = await Promise.all([
    readMany(store, poolTagPoliciesKind, [poolTagPoliciesKey(pool.id)]),
    readMany(
      store,
      nodeTagsKind,
      nodes.map(({ name }) => nodeTagsKey(pool.id, name)),
    ),
  ]);
  const unreadable = [...sent.unreadable, ...tags.unreadable];
  if (unreadable.length > 0) return { unreadable };
  const policies = policiesInForce(pool, rules, sent.values[0]);
  const [why] = nodes.flatMap((node) => {
    const known = tags.values.find((one) => one.node === node.name);
    return asked.tags.flatMap(
      (tag) =>
        whyUnwanted({ ...tag, action: asked.action, mode: remediation.mode }, node, known, policies, now) ??
        [],
    );
  });
  const guard = 'tag-policy';
  return {
    unreadable,
    verdict:
      why === undefined
        ? { guard, allowed: true, why: 'the tag policies in force ask for it' }
        : { guard, allowed: false, why: `${why}; the next comparison asks for what is still due` },
  };
};
