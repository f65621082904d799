import type * as z from 'zod';

type ParameterNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

/** The parameters in a path template, without `project_id`, which the client knows. */
export type PathParameters<Path extends string> = Record<Exclude<ParameterNames<Path>, 'project_id'>, string>;

/** What a query schema puts out; a field that is `undefined` is left out of the URL. */
export type QueryValues = Record<string, string | number | boolean | undefined>;

/** One operation of the API, as data: `Query` and `Body` are what a caller passes, `Reply` is what it gets. */
export interface Endpoint<Path extends string = string, Query = unknown, Body = unknown, Reply = unknown> {
  /** The operation's name in errors and logs. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The page's URI, for example `/v2/{project_id}/pools/{pool_name}/nodes`. */
  readonly path: Path;
  readonly query?: z.ZodType<QueryValues, Query>;
  /** Strict: what the page's table does not list is refused. Absent: the request has no body. */
  readonly body?: z.ZodType<unknown, Body>;
  /** Tolerant: keeps reading when the API says more than, or not quite, what its page says. `undefined` is an empty body. */
  readonly reply: z.ZodType<Reply>;
  /** Whether a reply is about what the path names. A reply about anything else is not believed. @default always */
  isAbout?(this: void, reply: Reply, path: Readonly<Record<string, string>>): boolean;
  /** Of the request. @default 'application/json' */
  readonly contentType?: 'application/json' | 'application/merge-patch+json';
  /** Whether sending the same request twice leaves the same state as sending it once. */
  readonly idempotent: boolean;
  /** Where the operation is described: the vendor page's address or name, and how sure the source is. */
  readonly page: string;
}

/** Declares an operation. Path parameters, query, body and reply types follow from the declaration. */
export function defineEndpoint<const Path extends string, Reply, Query = undefined, Body = undefined>(
  endpoint: Endpoint<Path, Query, Body, Reply>,
): Endpoint<Path, Query, Body, Reply> {
  return endpoint;
}

/** What a call of an endpoint needs: path parameters and body exactly where the endpoint has them. */
export type InputOf<Path extends string, Query, Body> = PathInput<Path> &
  BodyInput<Body> & { readonly query?: Query };

type PathInput<Path extends string> = [keyof PathParameters<Path>] extends [never]
  ? { readonly path?: undefined }
  : { readonly path: PathParameters<Path> };

type BodyInput<Body> = [Body] extends [undefined] ? { readonly body?: undefined } : { readonly body: Body };
