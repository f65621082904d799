import type * as z from 'zod';

type ParameterNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

/** The parameters in a path template, without `project_id`, which the client adds. */
export type PathParameters<Path extends string> = Record<Exclude<ParameterNames<Path>, 'project_id'>, string>;

/** The output of a query schema. The URL omits a field that is `undefined`. */
export type QueryValues = Record<string, string | number | boolean | undefined>;

/** One operation of the API, as data. Callers pass `Query` and `Body`, and get `Reply`. */
export interface Endpoint<Path extends string = string, Query = unknown, Body = unknown, Reply = unknown> {
  /** The operation's name in errors and logs. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The page's URI, for example `/v2/{project_id}/pools/{pool_name}/nodes`. */
  readonly path: Path;
  readonly query?: z.ZodType<QueryValues, Query>;
  /** Strict: refuses every field that the page's table does not list. Absent: the request has no body. */
  readonly body?: z.ZodType<unknown, Body>;
  /** Tolerant: accepts extra fields and small deviations from the page. `undefined` is an empty body. */
  readonly reply: z.ZodType<Reply>;
  /**
   * Whether a reply is about the object in the path. The client does not believe a reply about another one. @default always
   */
  isAbout?(this: void, reply: Reply, path: Readonly<Record<string, string>>): boolean;
  /** The request's content type. @default 'application/json' */
  readonly contentType?: 'application/json' | 'application/merge-patch+json';
  /** Whether sending the same request twice leaves the same state as sending it once. */
  readonly idempotent: boolean;
  /** The source: the vendor page's address or name, and how certain it is. */
  readonly page: string;
}

/** Declares an operation. The types of path parameters, query, body and reply follow from the declaration. */
export function defineEndpoint<const Path extends string, Reply, Query = undefined, Body = undefined>(
  endpoint: Endpoint<Path, Query, Body, Reply>,
): Endpoint<Path, Query, Body, Reply> {
  return endpoint;
}

/** The input of a call: path parameters and body exactly where the endpoint has them. */
export type InputOf<Path extends string, Query, Body> = PathInput<Path> &
  BodyInput<Body> & { readonly query?: Query };

type PathInput<Path extends string> = [keyof PathParameters<Path>] extends [never]
  ? { readonly path?: undefined }
  : { readonly path: PathParameters<Path> };

type BodyInput<Body> = [Body] extends [undefined] ? { readonly body?: undefined } : { readonly body: Body };
