import type { IncomingHttpHeaders } from 'node:http';
import { operationPages } from './operations.ts';
import type { OperationPage } from './page.ts';
import type { RecordedRequest } from './record.ts';

/** The parts of a request that the vendor's pages speak of. */
export type CheckedRequest = Pick<RecordedRequest, 'method' | 'path' | 'query' | 'headers' | 'text' | 'body'>;

/** A documented operation, and the names in the path of a request to it. */
export type FoundPage = {
  page: OperationPage;
  project: string | undefined;
  pool: string | undefined;
  name: string | undefined;
};

export function findPage(method: string, path: string): FoundPage | undefined {
  const {
    version,
    project,
    rest = '',
  } = /^\/(?<version>v[12])\/(?<project>[^/]+)(?<rest>\/.*)$/.exec(path)?.groups ?? {};
  const page = operationPages.find(
    (each) => each.method === method && (each.version ?? 'v2') === version && each.path.test(rest),
  );
  if (!page) return undefined;
  const { pool, name } = page.path.exec(rest)?.groups ?? {};
  return { page, project, pool, name: name === undefined ? name : decodeURIComponent(name) };
}

/** The differences between a request and the page of its operation. A correct client causes none. */
export function requestFaults(request: CheckedRequest): string[] {
  const found = findPage(request.method, request.path);
  if (!found) return ['no page has this operation'];
  const { page, pool = request.query.get('name') ?? undefined } = found;
  return [
    ...page.faults({ ...request, ...(pool !== undefined && { pool }) }),
    ...envelopeFaults(page, request),
  ];
}

/** A body needs the content type of the page. A request without a body on the page must have none. */
function envelopeFaults({ method, contentType }: OperationPage, { text, headers }: CheckedRequest): string[] {
  if (!contentType) return text === '' ? [] : [`a ${method} has a body`];
  const given = headers['content-type'];
  return contentType.test(given ?? '') ? [] : [`Content-Type ${JSON.stringify(given)} is not the page's`];
}

/** The request that a client of Node.js puts on the wire. */
export function checkedRequest({
  method,
  url,
  headers,
  body,
}: {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body?: Uint8Array | undefined;
}): CheckedRequest {
  const text = body === undefined ? '' : Buffer.from(body).toString();
  return { method, path: url.pathname, query: url.searchParams, headers, text, body: jsonOf(text) };
}

export function jsonOf(text: string): unknown {
  // Most requests have no body, and an error with its stack takes as long as all other checks of one.
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
