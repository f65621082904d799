import type { PathProblem } from '#lib/issues';
import { globMatches } from '#lib/rules/glob';
import { anyMatches } from '#lib/rules/match';
import type { Matcher, NodeSelector, Rules, TagPolicy } from '#lib/rules/rules';

/**
 * Pairs of tag policies that make contradictory demands on the same nodes, as far as the file alone shows it. Each problem stands
 * at the later policy.
 */
export function contradictions({ tagPolicies }: Pick<Rules, 'tagPolicies'>): PathProblem[] {
  return tagPolicies.flatMap((policy, index) =>
    tagPolicies
      .slice(0, index)
      .filter((earlier) => earlier.pool === policy.pool && overlapVisibly(earlier.nodes, policy.nodes))
      .flatMap((earlier) => tagProblems(earlier, policy, ['tagPolicies', index])),
  );
}

function tagProblems(earlier: TagPolicy, policy: TagPolicy, at: PropertyKey[]): PathProblem[] {
  const problems: PathProblem[] = [];
  for (const [key, value] of Object.entries(policy.require)) {
    const path = [...at, 'require', key];
    const rival = Object.entries(earlier.require).find(
      ([other]) => other.toLowerCase() === key.toLowerCase(),
    );
    if (rival && (rival[0] !== key || rival[1] !== value)) {
      problems.push({
        path,
        reason: `${earlier.name} requires ${rival[0]}=${rival[1]} of the same nodes: change one of the two`,
      });
    } else if (anyMatches(ownMatcher(earlier.forbid, key), value)) {
      problems.push({
        path,
        reason: `${earlier.name} forbids ${key}=${value} on the same nodes: change one of the two`,
      });
    }
  }
  for (const [key, globs] of Object.entries(policy.forbid)) {
    const value = Object.hasOwn(earlier.require, key) ? earlier.require[key] : undefined;
    if (anyMatches(globs, value)) {
      problems.push({
        path: [...at, 'forbid', key],
        reason: `${earlier.name} requires ${key}=${value} of the same nodes: change one of the two`,
      });
    }
  }
  return problems;
}

function ownMatcher(forbid: TagPolicy['forbid'], key: string): Matcher {
  return Object.hasOwn(forbid, key) ? (forbid[key] ?? []) : [];
}

/** Whether one selector covers the other. Selectors that only might overlap are checked later, against real nodes. */
function overlapVisibly(left: NodeSelector, right: NodeSelector): boolean {
  return covers(left, right) || covers(right, left);
}

function covers(outer: NodeSelector, inner: NodeSelector): boolean {
  const plain = (['flavor', 'nodePool', 'name'] as const).every((field) =>
    coversField(outer[field], inner[field]),
  );
  return (
    plain &&
    Object.entries(outer.labels).every(([label, globs]) =>
      coversField(globs, ownMatcher(inner.labels, label)),
    )
  );
}

function coversField(outer: Matcher | undefined, inner: Matcher | undefined): boolean {
  if (outer === undefined) return true;
  if (inner === undefined || inner.length === 0) return false;
  return inner.every((glob) =>
    outer.some((wider) => wider === glob || (!/[*?]/.test(glob) && globMatches(wider, glob))),
  );
}
