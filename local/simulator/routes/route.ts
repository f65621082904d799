import type { IncomingHttpHeaders } from 'node:http';
import { badRequest, poolNotFound } from '../api-error.ts';
import type { FaultSubject } from '../faults/fault-list.ts';
import type { Pool } from '../world/pool.ts';
import type { World } from '../world/world.ts';

/** An API request that has passed the gateway. */
export interface ApiRequest {
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** The subject for faults. */
  readonly subject: FaultSubject;
}

/** One endpoint as data. To add an endpoint, add one of these to the route table. */
export interface Route {
  /** As faults and the request log call it; those of the vendor pages are named like their page. */
  readonly endpoint: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its parameters in braces, as on the vendor's pages. */
  readonly path: string;
  /** Does the work and returns the body of the 200. Throws an ApiError otherwise. */
  readonly handle: (request: ApiRequest, world: World) => object;
}

/** The pool in the path; 404 if there is none of this id. */
export const poolInPath = ({ pathParameters }: ApiRequest, world: World): Pool => {
  const pool = world.pools.get(pathParameters['pool_name'] ?? '');
  if (pool === undefined) throw poolNotFound();
  return pool;
};

/** A whole number from the query; blank or absent gives the default, as the pages say. */
export const queryInteger = (
  query: URLSearchParams,
  name: string,
  range: { readonly byDefault: number; readonly max?: number },
): number => {
  const text = query.get(name) ?? '';
  if (text === '') return range.byDefault;
  const value = Number(text);
  const max = range.max ?? Number.MAX_SAFE_INTEGER;
  if (!/^\d+$/.test(text) || value > max)
    throw badRequest(`${name}: must be a whole number from 0 to ${max}`);
  return value;
};

/** A word of the query from the page's list. Blank or absent gives undefined. */
export const queryWord = (
  query: URLSearchParams,
  name: string,
  words: readonly string[],
): string | undefined => {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  if (!words.includes(text)) throw badRequest(`${name}: must be one of ${words.join(', ')}`);
  return text;
};
