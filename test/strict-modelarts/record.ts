import type { IncomingHttpHeaders } from 'node:http';
import type { Operation } from './pool.ts';

/** One request as it came in, and what was answered. */
export type RecordedRequest = {
  /** Epoch milliseconds. */
  at: number;
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The bytes as text. */
  text: string;
  /** The text as JSON; undefined when there is none or it is not JSON. */
  body: unknown;
  operation?: Operation;
  pool?: string;
  /** Absent while there is no answer; it stays absent if the answer was lost. */
  status?: number;
};
