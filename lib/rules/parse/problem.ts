import type * as z from 'zod';

/** One mistake in a rules file; `line` and `column` count from 1, `path` is like `rules[0].cooldown`. */
export type Problem = { line: number; column: number; path: string; reason: string };

/** One mistake before its place in the text is known. */
export type PathProblem = { path: PropertyKey[]; reason: string };

/**
 * An issue of zod as problems, each at the value it is about: an unknown key at the key, and where several forms are
 * possible, what is wrong with the one that was meant.
 */
export function problemsOf(issue: z.core.$ZodIssue, above: PropertyKey[] = []): PathProblem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const reasons = issue.message.split('\n');
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      reason: reasons[index] ?? issue.message,
    }));
  }
  if (issue.code === 'invalid_key') return [{ path, reason: issue.issues[0]?.message ?? issue.message }];
  if (issue.code === 'invalid_union') {
    const [meant, ...others] = issue.errors.filter((form) => form.every(isInside));
    if (meant && others.length === 0) return meant.flatMap((inner) => problemsOf(inner, path));
  }
  return [{ path, reason: issue.message }];
}

/** Whether a form fits as a whole, so that only something within it is wrong. */
function isInside({ path, code }: z.core.$ZodIssue): boolean {
  return path.length > 0 || code === 'unrecognized_keys';
}

/** `rules[0].ladder[1].reset-nodes`; keys of other characters are quoted. */
export function dotPath(path: readonly PropertyKey[]): string {
  return path
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`;
      const key = String(segment);
      if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}
