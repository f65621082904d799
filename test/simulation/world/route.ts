/** An HTTP request as it reached the API. */
export type ApiRequest = { method: string; path: string; query: URLSearchParams; body: any };
export type ApiAnswer = { status: number; body: unknown; headers?: Record<string, string> };

/** One request that reached the API, and what really came of it. */
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
  /** Whether the one who sent it was told what came of it. */
  answered: boolean;
  /** What was odd about the answer to a reading. */
  odd?: string;
  /** The answer was an earlier one: when it was true. */
  trueAtMs?: number;
  job?: string;
  /** What it did, as the API's own books have it. */
  effect?: Record<string, any>;
};

/** What a route answers. It throws an ApiError for every other answer than a 200. */
export type Route = [RegExp, (request: ApiRequest, parts: string[], log: LoggedRequest) => ApiAnswer];

export function ok(body: unknown): ApiAnswer {
  return { status: 200, body };
}
