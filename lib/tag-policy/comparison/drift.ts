import type { NodeTags } from '#lib/ledger/node-tags';
import { anyMatches } from '#lib/rules/match';
import type { Mode } from '#lib/rules/rules';
import type { DesiredTags } from './desired.ts';

/** One change of a tag of a node, for a policy. */
export type TagChange = {
  action: 'createTags' | 'deleteTags';
  key: string;
  value: string;
  policy: string;
  mode: Mode;
  /** The last time of the same change; undefined: never. It separates a change from its later repetition. */
  lastAt: string | undefined;
};

/** When one tag is due, the call also includes tags whose age is at least this share of their period. */
const DUE_SOON = 0.5;

/**
 * The changes that bring a node to its desired tags. The API shows no tags, so the known tags are the last applied ones. A
 * tag is applied again after `reassert`.
 *
 * - A key that is missing, or has a forbidden value, is created.
 * - A key in other upper or lower case is deleted with its value. If the value is allowed, the right key is created with it.
 * - A forbidden tag is deleted if it is known. If its value is forbidden in full, without a glob, it is deleted even if it
 *   is unknown.
 * - A key that was created for a policy, and that no policy demands any more, is deleted.
 *
 * @param known undefined: nothing was ever applied
 * @param modeOf the mode of a policy by its name; undefined: it is no longer in force
 */
export function tagDrift(
  { demands, forbidden }: DesiredTags,
  known: Pick<NodeTags, 'present' | 'absent'> | undefined,
  modeOf: (policy: string) => Mode | undefined,
  now: number,
): TagChange[] {
  const present = Object.entries(known?.present ?? {}).map(([key, tag]) => ({ key, ...tag }));
  const isForbidden = (key: string, value: string) =>
    forbidden.some((each) => each.key === key && anyMatches(each.values, value));

  const wanted = demands.flatMap(({ key, allowed, value: fallback, policy }) => {
    const shown = present.find((tag) => tag.key === key);
    const candidates = [shown, ...present.filter((tag) => tag !== shown && sameKey(tag.key, key))];
    const kept = candidates.find(
      (tag) => tag && (!allowed || anyMatches(allowed, tag.value)) && !isForbidden(key, tag.value),
    );
    const value = kept?.value ?? fallback;
    if (value === undefined) return [];
    const share =
      shown?.value === value ? (now - Date.parse(shown.at)) / policy.reassertMs : Number.POSITIVE_INFINITY;
    const { name, mode } = policy;
    return [
      { share, change: { action: 'createTags' as const, key, value, policy: name, mode, lastAt: shown?.at } },
    ];
  });
  const isDue = wanted.some(({ share }) => share >= 1);
  const created = isDue ? wanted.filter(({ share }) => share >= DUE_SOON).map(({ change }) => change) : [];

  const removed = present.flatMap(({ key, value, at, policy: applier }): TagChange[] => {
    // A tag that is created replaces the one under the same key.
    if (wanted.some(({ change }) => change.key === key)) return [];
    const change = { action: 'deleteTags' as const, key, value, lastAt: at };
    const ban = forbidden.find((each) => each.key === key && anyMatches(each.values, value));
    const demand = demands.find((each) => sameKey(each.key, key));
    const policy = ban?.policy ?? (demand?.key === key ? undefined : demand?.policy);
    if (policy) return [{ ...change, policy: policy.name, mode: policy.mode }];
    if (demand || applier === undefined) return [];
    return [{ ...change, policy: applier, mode: modeOf(applier) ?? 'act' }];
  });

  const unseen = forbidden.flatMap(({ key, values, policy }): TagChange[] =>
    present.some((tag) => tag.key === key) || wanted.some(({ change }) => change.key === key)
      ? []
      : values
          .filter((value) => !/[*?]/.test(value))
          .flatMap((value): TagChange[] => {
            const lastAt = known?.absent.find((tag) => tag.key === key && tag.value === value)?.at;
            if (lastAt !== undefined && now - Date.parse(lastAt) < policy.reassertMs) return [];
            return [{ action: 'deleteTags', key, value, policy: policy.name, mode: policy.mode, lastAt }];
          }),
  );
  return [...created, ...removed, ...distinct(unseen)];
}

function sameKey(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** Each tag once: two policies may forbid the same. */
function distinct(changes: readonly TagChange[]): TagChange[] {
  return [...new Map(changes.map((change) => [JSON.stringify([change.key, change.value]), change])).values()];
}
