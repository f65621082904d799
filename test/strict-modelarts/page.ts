import { type Answer, gatewayError, modelArtsError } from './answer.ts';
import type { Operation, StrictPool } from './pool.ts';
import type { RecordedRequest } from './record.ts';

/** The parts of a request that a page checks. */
export type PageRequest = Pick<RecordedRequest, 'query' | 'body' | 'pool'>;

export type Found = { pool: StrictPool; name: string; poolOf: (id: string) => StrictPool | undefined };

/** One documented operation: where it is, what its page says of the request, and what it does. */
export type OperationPage = {
  operation: Operation;
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** @default 'v2' */
  version?: 'v1';
  /** Below `/{version}/{project_id}`, with the pool's id and one further name. */
  path: RegExp;
  /** The required Content-Type of a request. Absent: the request has no body. */
  contentType?: RegExp;
  faults: (request: PageRequest) => string[];
  answer: (found: Found, request: RecordedRequest, now: number) => Answer;
};

export const poolPath = String.raw`/pools/(?<pool>[^/]+)`;
export const json = /^application\/json(;\s*charset=utf-?8)?$/i;

export const poolNotFound = modelArtsError(404, '50015001', 'pool not found');
export const nodeNotFound = modelArtsError(404, '50015001', 'node not found');
export const nodePoolNotFound = badRequest(' invalid nodepool name');
export const apiNotFound = gatewayError(404, '0101', 'The API does not exist or has not been published.');

export function badRequest(why: string): Answer {
  return modelArtsError(400, '50004000', `Bad request.${why}`);
}
