import type { FieldProblem } from '#lib/field-problems';

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
