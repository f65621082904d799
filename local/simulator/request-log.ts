import type { FaultKind } from './faults/fault.ts';

/** An API request as it reached the simulator. It keeps no headers, because they hold the signature. */
export interface LoggedRequest {
  /** Real time of arrival, ISO 8601. */
  readonly at: string;
  readonly requestId: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  /** The sent JSON, or its text if it is not JSON. Absent without a body. */
  readonly body?: unknown;
  /** Absent when the API has no such path. */
  endpoint?: string;
  signed: boolean;
  signatureProblem?: string;
  /** The faults that hit it. */
  readonly faults: FaultKind[];
  /** null: no answer was sent, not yet or never. */
  status: number | null;
}

/** Limit of the log: enough for a long trial, small enough for a long-lived process. */
const kept = 1000;

export interface RequestLog {
  /** Oldest first, at most the last 1000. */
  list(): readonly LoggedRequest[];
  add(request: LoggedRequest): void;
  clear(): void;
}

export const createRequestLog = (): RequestLog => {
  let requests: LoggedRequest[] = [];
  return {
    list: () => requests,
    add(request) {
      requests.push(request);
      if (requests.length > kept) requests.shift();
    },
    clear() {
      requests = [];
    },
  };
};
