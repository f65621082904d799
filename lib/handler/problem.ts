import type { FieldProblem } from '#lib/issues';

/** A request that cannot be served, as RFC 9457 problem details. Thrown by a route, answered by `onHttp`. */
export class HttpProblem extends Error {
  override name = 'HttpProblem';
  readonly status: number;
  readonly title: string;
  readonly errors: readonly FieldProblem[] | undefined;
  readonly members: Readonly<Record<string, unknown>> | undefined;
  /** It is in the log already: a stranger must not fill the log. */
  readonly isLogged: boolean;

  /** @param more `members`: more fields of the body; `cause`: only for the log; `isLogged`: the log has it already. */
  constructor(
    status: number,
    title: string,
    detail: string,
    errors?: readonly FieldProblem[],
    {
      members,
      cause,
      isLogged = false,
    }: { members?: Record<string, unknown>; cause?: unknown; isLogged?: boolean } = {},
  ) {
    super(detail, { cause });
    this.status = status;
    this.title = title;
    this.errors = errors;
    this.members = members;
    this.isLogged = isLogged;
  }

  /** The response body, `application/problem+json`. */
  toBody() {
    const { status, title, message: detail, errors, members } = this;
    return { type: 'about:blank', title, status, detail, ...(errors && { errors }), ...members };
  }
}
