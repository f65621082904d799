/** An HTTP request as it reached the API. */
export type ApiRequest = { method: string; path: string; query: URLSearchParams; body: any };
export type ApiAnswer = { status: number; body: unknown; headers?: Record<string, string> };

/** One request that reached the API, and its real effect. */
export type LoggedRequest = {
  number: number;
  by: string;
  method: string;
  /** The path behind the project. */
  path: string;
  pool: string | undefined;
  body: any;
  /** When its first byte left the process, and when it took effect. */
  sentAtMs: number;
  atMs: number;
  status: number;
  /** The differences from the vendor's page of its operation. */
  faults: readonly string[];
  /** Whether the sender got an answer about its effect. */
  answered: boolean;
  /** The oddity of the answer to a reading. */
  odd?: string;
  /** The answer was an earlier one: when it was true. */
  trueAtMs?: number;
  job?: string;
  /** Its effect, as the API's own books have it. */
  effect?: Record<string, any>;
};

/** A path and its answer. It throws an ApiError for every answer except 200. */
export type Route = [RegExp, (request: ApiRequest, parts: string[], log: LoggedRequest) => ApiAnswer];

export function ok(body: unknown): ApiAnswer {
  return { status: 200, body };
}
