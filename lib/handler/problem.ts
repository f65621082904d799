import type { FieldProblem } from '#lib/issues';

/** A request that cannot be served, as RFC 9457 problem details. Thrown by a route, answered by `onHttp`. */
export class HttpProblem extends Error {
  override name = 'HttpProblem';
  readonly status: number;
  readonly title: string;
  readonly errors: readonly FieldProblem[] | undefined;
  readonly members: Readonly<Record<string, unknown>> | undefined;

  /** @param more `members`: more fields of the body; `cause`: only for the log. */
  constructor(
    status: number,
    title: string,
    detail: string,
    errors?: readonly FieldProblem[],
    { members, cause }: { members?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(detail, { cause });
    this.status = status;
    this.title = title;
    this.errors = errors;
    this.members = members;
  }

  /** The response body, `application/problem+json`. */
  toBody() {
    const { status, title, message: detail, errors, members } = this;
    return { type: 'about:blank', title, status, detail, ...(errors && { errors }), ...members };
  }
}
