import * as z from 'zod';
import type { WireRequest } from '#lib/http/exchange';
import { percentEncode } from '#lib/http/percent-encoding';
import { describeIssues, requestWording } from '#lib/issues';
import { ProjectId } from '#lib/modelarts/requests/project-id';
import type { AttemptFailure } from './answer.ts';
import type { Endpoint } from './endpoint.ts';

/** The API and the project. */
export interface Target {
  readonly origin: string;
  /** The path of a gateway in front of the API, without a slash at the end. Empty otherwise. */
  readonly basePath: string;
  readonly projectId: string;
}

/** @throws TypeError when the endpoint is no http(s) URL or the project id is malformed */
export function targetOf(endpoint: string, projectId: string): Target {
  const url = URL.parse(endpoint);
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname.includes('%')) {
    throw new TypeError(`the ModelArts endpoint must be an http(s) URL, but is ${JSON.stringify(endpoint)}`);
  }
  const project = ProjectId.safeParse(projectId);
  if (!project.success) throw new TypeError(`the project id ${describeIssues(project.error)}`);
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, ''), projectId };
}

/** The input of one call, before any check. */
export interface CallInput {
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly query?: unknown;
  readonly body?: unknown;
}

export type BuiltRequest =
  | { readonly ok: true; readonly request: WireRequest }
  | { readonly ok: false; readonly failure: AttemptFailure };

// An empty value would turn DELETE …/nodepools/{nodepool_name} into a call on all node pools, `..` into one on the pool.
const PathParameter = z
  .string()
  .regex(
    /^(?!\.{1,2}$)[^/\\\p{Cc}\p{Cs}]+$/u,
    'must be one segment of a path: not empty, no slash, no control character, not "." or ".."',
  );

const invalid = {
  outcome: 'not-sent',
  transient: false,
  throttled: false,
  credentialsRefused: false,
} as const;

/**
 * Checks a call against its endpoint and builds the request to sign. It encodes the body here, once: the same bytes are
 * hashed and sent.
 */
export function buildRequest(endpoint: Endpoint, input: CallInput, target: Target): BuiltRequest {
  const problems: string[] = [];
  function checked<Value>(where: string, schema: z.ZodType<Value>, value: unknown): Value | undefined {
    const result = schema.safeParse(value, { error: requestWording });
    if (!result.success) problems.push(`${where}: ${describeIssues(result.error)}`);
    return result.data;
  }

  const parameters: Readonly<Record<string, string>> = { ...input.path, project_id: target.projectId };
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    percentEncode(checked(`path parameter ${name}`, PathParameter, parameters[name]) ?? ''),
  );
  const query = endpoint.query && checked('query', endpoint.query, input.query ?? {});
  const body = endpoint.body && checked('request body', endpoint.body, input.body);
  if (problems.length > 0) {
    const reason = problems.join('; ');
    return { ok: false, failure: { ...invalid, code: 'request-invalid', reason } };
  }

  const request: WireRequest = {
    method: endpoint.method,
    url: new URL(`${target.origin}${target.basePath}${path}${searchOf(query)}`),
    headers: {
      'x-project-id': target.projectId,
      ...(endpoint.body && { 'content-type': endpoint.contentType ?? 'application/json' }),
    },
    ...(endpoint.body && { body: Buffer.from(JSON.stringify(body)) }),
  };
  return { ok: true, request };
}

function searchOf(query: Readonly<Record<string, string | number | boolean | undefined>> = {}): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(String(value).toWellFormed())}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
