import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { toPerson } from '#lib/callers';
import { systemClock } from '#lib/clock';
import { createPageFiles, pageAsset, pageIndex } from '#lib/console/assets';
import { byRole, type RoutesByRole } from '#lib/console/by-role';
import { createDoor } from '#lib/handler/door';
import { answerRequest } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';
import { createLogger } from '#lib/log';
import { bundlePage } from '#local/build/bundle-page';
import { openHttpApi } from '#local/cloud/http/http-api';

const root = path.resolve(import.meta.dirname, '../..');

export const TOKEN = 'token-of-the-browser-tests-0123456789';

/** Answers one route from data: its value, undefined for a 404, or a problem that it throws. */
export type Fixture = (request: {
  path: Record<string, string>;
  query: URLSearchParams;
  body: any;
}) => unknown;

export type Site = AsyncDisposable & {
  url: string;
  /** The requests so far: method, path with query, and the status of the answer. */
  requests: { line: string; status: number | undefined }[];
};

export type BuiltPage = AsyncDisposable & { files: ReturnType<typeof createPageFiles> };

/** Builds the page as a deployment does. */
export async function buildPage(): Promise<BuiltPage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-site-'));
  await bundlePage(root, folder);
  return {
    files: createPageFiles(path.join(folder, 'dist/page')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const door = createDoor([toPerson(`ada:admin:${TOKEN}`)!], systemClock);

/** The services that every route of a site has. */
export type SiteServices = {
  door: typeof door;
  page: BuiltPage['files'];
  system: { simulated: boolean; version: string };
};

/** Serves the page and the given routes through the HTTP API of the local system, with its checks. */
export async function serveSite<Services extends object>(
  { files }: BuiltPage,
  table: RoutesByRole<Services & SiteServices>,
  services: Services,
): Promise<Site> {
  const requests: Site['requests'] = [];
  const log = createLogger({}, { write: () => {}, now: () => 0 });
  const api = await openHttpApi({ port: 0, hosts: [], now: Date.now, onProblem: () => {} });
  const own = { ...services, door, page: files, system: { simulated: true, version: '1.0.0' } };
  const routes = byRole<Services & SiteServices>({
    ...table,
    'GET /': { needs: 'nothing', answer: pageIndex },
    'GET /assets/{file}': { needs: 'nothing', answer: pageAsset },
  });
  api.serve(
    Object.keys(routes).map((routeKey) => ({ routeKey, functionName: 'console', timeoutMs: 30_000 })),
    async (_, payload) => {
      const event: APIGatewayProxyEventV2 = JSON.parse(payload);
      const now = Date.now();
      const invocation = {
        log,
        signal: new AbortController().signal,
        beganAtMs: now,
        deadlineMs: now + 10_000,
      };
      const answer = await answerRequest(event, routes, async () => own, invocation);
      const query = event.rawQueryString === '' ? '' : `?${event.rawQueryString}`;
      requests.push({
        line: `${event.requestContext.http.method} ${event.rawPath}${query}`,
        status: answer.statusCode,
      });
      return { payload: JSON.stringify(answer) };
    },
  );
  return { url: api.url, requests, [Symbol.asyncDispose]: () => api.stop() };
}

/** Routes that answer from data, for the holder of the token. */
export function routesOf(fixtures: Readonly<Record<string, Fixture>>): RoutesByRole<SiteServices> {
  return Object.fromEntries(
    Object.entries(fixtures).map(([key, fixture]) => [key, { needs: 'read', answer: answerOf(fixture) }]),
  );
}

function answerOf(fixture: Fixture) {
  return async ({ path: named, query, body: bytes }: { path: any; query: any; body: Buffer }) => {
    const text = bytes.toString();
    const body = await fixture({
      path: named,
      query: new URLSearchParams(query),
      body: text === '' ? undefined : JSON.parse(text),
    });
    if (body === undefined) throw new HttpProblem(404, 'Not Found', 'There is no such thing');
    return { status: 200, body };
  };
}
