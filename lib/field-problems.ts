import type { $ZodIssue } from 'zod/v4/core';
import { excerpt } from './bounds.ts';

/** One field of a request that is not as it must be. */
export type FieldProblem = { field: string; message: string };

/** As many are named: who sends 300,000 wrong fields reads no list of them. */
const MAX_PROBLEMS = 20;

const MAX_FIELD_CHARACTERS = 200;
const MAX_MESSAGE_CHARACTERS = 500;

/**
 * Zod's issues as fields, in the spelling of the payload: `alerts[0].labels.instance`. At most twenty; the last then says how
 * many more there are.
 */
export function fieldProblems(issues: readonly $ZodIssue[]): FieldProblem[] {
  const problems: FieldProblem[] = [];
  let left = 0;
  for (const issue of issues) {
    for (const problem of problemsOf(issue)) {
      if (problems.length < MAX_PROBLEMS) problems.push(problem());
      else left += 1;
    }
  }
  if (left > 0) problems.splice(-1, 1, { field: '(more)', message: `${left + 1} more fields are wrong` });
  return problems;
}

/** Worded only where they are shown: an issue may name any number of keys. */
function problemsOf(issue: $ZodIssue): (() => FieldProblem)[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => () => toProblem([...issue.path, key], 'is not a known field'));
  }
  const { message } = (issue.code === 'invalid_key' && issue.issues[0]) || issue;
  return [() => toProblem(issue.path, message)];
}

function toProblem(path: readonly PropertyKey[], message: string): FieldProblem {
  return {
    field: excerpt(fieldPath(path), MAX_FIELD_CHARACTERS),
    message: excerpt(message, MAX_MESSAGE_CHARACTERS),
  };
}

function fieldPath(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || '(body)';
}
