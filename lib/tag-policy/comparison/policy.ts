import type { PoolTagPolicies } from '#lib/ledger/pool-tag-policies';
import type { Matcher, Mode, NodeSelector, PoolRules, Rules } from '#lib/rules/rules';

/** The demand on one tag, whose key must have exactly this spelling. */
export type TagDemand = {
  key: string;
  /** Globs, one of them must match the value. Absent: any value. */
  allowed?: Matcher;
  /** The value to apply if no allowed one is known. Absent: none. */
  value?: string;
};

/** A tag policy that is in force for a pool, from any source. */
export type TagPolicyInForce = {
  name: string;
  mode: Mode;
  nodes: NodeSelector;
  demands: readonly TagDemand[];
  forbid: Readonly<Record<string, Matcher>>;
  reassertMs: number;
};

const REASSERT_SENT_MS = 24 * 3_600_000;

/** The policies of a pool in order of precedence: those of the rules file, then those from the queue. */
export function policiesInForce(
  { name: pool }: Pick<PoolRules, 'name'>,
  { tagPolicies }: Pick<Rules, 'tagPolicies'>,
  known: PoolTagPolicies | undefined,
): TagPolicyInForce[] {
  const sent = Object.entries(known?.sent ?? {})
    .filter(([, { demands }]) => demands.length > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...tagPolicies
      .filter((policy) => policy.pool === pool)
      .map(({ require, ...policy }) => ({
        ...policy,
        demands: Object.entries(require).map(([key, value]) => ({ key, allowed: [value], value })),
      })),
    // No name in the rules file has a slash.
    ...sent.map(([name, policy]) => ({
      ...policy,
      name: `sent/${name}`,
      forbid: {},
      reassertMs: REASSERT_SENT_MS,
    })),
  ];
}
