/** An answer that is not a 200: `code` as in docs/design/modelarts-api.md 5.1 (`ModelArts.…`) or 5.2 (`APIGW.…`). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** 400 `ModelArts.50004000`: "Bad request." and what is wrong with it (docs/design/modelarts-api.md 5.1). */
export const badRequest = (detail: string): ApiError =>
  new ApiError(400, 'ModelArts.50004000', `Bad request. ${detail}`);

/** 404 `ModelArts.50015001` (all vendor pages). */
export const poolNotFound = (): ApiError => new ApiError(404, 'ModelArts.50015001', 'pool not found');

/**
 * 404 for a node. The pages promise a 404 and an error message; the code is the simulator's own, because no public table
 * lists the eight-digit family (docs/design/modelarts-api.md 5.1).
 */
export const nodeNotFound = (names: readonly string[]): ApiError =>
  new ApiError(404, 'ModelArts.50016001', `node not found: ${names.join(', ')}`);

/**
 * 404 for a job, with a code of the simulator's own: `GET /v2/{project_id}/jobs/{job_id}` is on no page (docs/design/modelarts-api.md 1.2).
 */
export const jobNotFound = (id: string): ApiError =>
  new ApiError(404, 'ModelArts.50017001', `job not found: ${id}`);
