import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isAddressedHere, MISDIRECTED } from '../addressed.ts';
import type { RouteDescription } from '../description.ts';
import type { Invoke } from '../functions/invocation.ts';
import { arrivedAt, LOOPBACK, urlOf } from '../listen-address.ts';
import { closeServer, isFromOtherSite, listenOn, readBody } from '../loopback-server.ts';
import { type HttpAnswer, httpAnswer, plainAnswer } from './http-answer.ts';
import { httpEvent, splitTarget } from './http-event.ts';
import { matchRoute } from './http-routes.ts';

export interface HttpApiOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** The address on which it listens. @default loopback */
  readonly host?: string | undefined;
  /** Host names that it accepts beside those of loopback. */
  readonly hosts: readonly string[];
  readonly now: () => number;
  /** @default none */
  readonly localRoute?: LocalRoute | undefined;
  /** Gets failures of the stand-in itself. A function writes its own errors to its log. */
  readonly onProblem: (problem: string) => void;
}

/** A route that no stack has: the local system itself answers every request at its prefix and below. */
export interface LocalRoute {
  /** Such as `/simulator`. */
  readonly prefix: string;
  /** `target`: path and query as they were sent. */
  answer(request: {
    method: string;
    target: string;
    headers: IncomingMessage['headers'];
    body: Buffer;
  }): Promise<HttpAnswer>;
}

export interface HttpApi {
  readonly url: string;
  /** Begins to serve requests. Before this call, every request gets a 503. */
  serve(routes: readonly RouteDescription[], invoke: Invoke): void;
  stop(): Promise<void>;
}

/** API Gateway quotas for HTTP APIs. */
const bodyLimitBytes = 10 * 1024 * 1024;

/**
 * Opens the HTTP API: API Gateway's HTTP API with payload format 2.0.
 *
 * @throws Error if the port is in use
 */
export async function openHttpApi({
  port,
  host = LOOPBACK,
  hosts,
  now,
  onProblem,
  localRoute,
}: HttpApiOptions): Promise<HttpApi> {
  let respond: (request: IncomingMessage) => Promise<HttpAnswer> = notYet;

  const server = createServer((request, response) => {
    refusal(request, hosts)
      .then((refused) => refused ?? respond(request))
      .catch((error: unknown) => {
        if (!request.errored)
          onProblem(`${request.method} ${request.url} failed in the local HTTP API: ${String(error)}`);
        return plainAnswer(500, 'Internal Server Error');
      })
      .then((answer) => send(response, answer))
      .catch(() => response.destroy());
  });
  const url = urlOf(host, await listenOn(server, port, host));

  return {
    url,
    serve(routes, invoke) {
      respond = async (request) => {
        const { method = 'GET', url: target = '/', headers } = request;
        const { path } = splitTarget(target);
        const own = localRoute && isBelow(path, localRoute.prefix) ? localRoute : undefined;
        const match = own ? undefined : matchRoute(routes, method, path);
        if (!own && !match) return plainAnswer(404, 'Not Found');
        const body = await readBody(request, bodyLimitBytes);
        if (!body) {
          onProblem(`${request.method} ${request.url}: the body is larger than ${bodyLimitBytes} bytes`);
          return plainAnswer(413, 'Request Entity Too Large');
        }
        if (own) return own.answer({ method, target, headers, body });
        if (!match) return plainAnswer(404, 'Not Found');
        const event = httpEvent(request, body, match, now());
        const { functionName, timeoutMs } = match.route;
        return within(timeoutMs, (wanted) =>
          invoke(functionName, JSON.stringify(event), wanted).then(httpAnswer),
        );
      };
    },
    stop: () => closeServer(server),
  };
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** The answer to a request that a web page of another site has caused. */
async function refusal(request: IncomingMessage, hosts: readonly string[]): Promise<HttpAnswer | undefined> {
  // An address is no name that a web page could point to this machine.
  if (!isAddressedHere(request, [...hosts, arrivedAt(request.socket)]))
    return plainAnswer(MISDIRECTED, 'Misdirected Request');
  if (isFromOtherSite(request)) return plainAnswer(403, 'Web pages of other sites may not call this system');
  return undefined;
}

const notYet = async (): Promise<HttpAnswer> => plainAnswer(503, 'Service Unavailable');

/**
 * Answers 503 after the time limit. A function at work continues, but its client gets no answer from it; one that has not begun
 * does not begin.
 */
async function within(
  timeoutMs: number,
  answer: (wanted: AbortSignal) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const late = Promise.withResolvers<HttpAnswer>();
  const wanted = new AbortController();
  const timer = setTimeout(() => {
    late.resolve(plainAnswer(503, 'Service Unavailable'));
    wanted.abort();
  }, timeoutMs);
  try {
    return await Promise.race([answer(wanted.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function send(response: ServerResponse, { statusCode, headers, body }: HttpAnswer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.writeHead(statusCode);
  response.end(body);
}
