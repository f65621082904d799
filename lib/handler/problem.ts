import type { $ZodIssue } from 'zod/v4/core';

/** One field of a request that is not as it must be. */
export type FieldProblem = { field: string; message: string };

/** A request that cannot be served, as RFC 9457 problem details. Thrown by a route, answered by `onHttp`. */
export class HttpProblem extends Error {
  override name = 'HttpProblem';
  readonly status: number;
  readonly title: string;
  readonly errors: readonly FieldProblem[] | undefined;

  constructor(status: number, title: string, detail: string, errors?: readonly FieldProblem[]) {
    super(detail);
    this.status = status;
    this.title = title;
    this.errors = errors;
  }

  /** The response body, `application/problem+json`. */
  toBody() {
    const { status, title, message: detail, errors } = this;
    return { type: 'about:blank', title, status, detail, ...(errors && { errors }) };
  }
}

/** Zod's issues as fields, in the spelling of the payload: `alerts[0].labels.instance`. */
export function fieldProblems(issues: readonly $ZodIssue[]): FieldProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: fieldPath([...issue.path, key]),
        message: 'is not a known field',
      }));
    }
    const { message } = (issue.code === 'invalid_key' && issue.issues[0]) || issue;
    return [{ field: fieldPath(issue.path), message }];
  });
}

function fieldPath(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || '(body)';
}
