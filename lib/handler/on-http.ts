import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import * as z from 'zod';
import { fieldProblems } from '#lib/issues';
import { createLogger } from '#lib/log';
import { counted } from '#lib/metrics/embedded';
import { RequestsRefused } from '#lib/metrics/table';
import { once } from '../once.ts';
import { type BodyLimits, bodyAsJson, type ReceivedBody } from './body.ts';
import type { Claims } from './claims.ts';
import type { Door } from './door.ts';
import { type Invocation, invocationOf, logInvocation, TIMEOUT_EARLY_MS } from './invocation.ts';
import { HttpProblem } from './problem.ts';
import { warmUp } from './warm-up.ts';

/** The parts of a request that routes need. */
export type HttpRequest = {
  path: Readonly<Record<string, string | undefined>>;
  query: Readonly<Record<string, string | undefined>>;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
  /** The sender's address, for the log. */
  from?: string;
  /** The claims of the token, if the HTTP API has an authorizer that has checked one. No sender can write them. */
  claims?: Claims;
};

/** `body`: a value to send as JSON; bytes to send as they are, with the type in `headers`; undefined for no body. */
export type HttpResponse = { status: number; body: unknown; headers?: Readonly<Record<string, string>> };

export type Route<Services> = (
  request: HttpRequest,
  services: Services,
  invocation: Invocation,
) => Promise<HttpResponse> | HttpResponse;

export type HttpFunction<Services> = {
  name: string;
  services: () => Promise<Services>;
  /** By route key, as in serverless.yml: `POST /alerts/{source}`. */
  routes: Readonly<Record<string, Route<Services>>>;
  /**
   * Takes the event of an invocation that is no request. IAM decides who may invoke the function. When it throws, Lambda invokes the
   * function with the same event again.
   */
  direct?: (event: unknown, services: Services, invocation: Invocation) => Promise<void>;
  /** Does a sample of the function's work that leaves no trace, while Lambda initialises the function. */
  warm?: () => Promise<unknown>;
};

const JSON_TYPE = { 'content-type': 'application/json' };

/** The parts of API Gateway's event that are read. */
type RequestEvent = Pick<
  APIGatewayProxyEventV2,
  'routeKey' | 'rawPath' | 'pathParameters' | 'queryStringParameters' | 'headers' | 'body' | 'isBase64Encoded'
> & { requestContext: { http: Pick<APIGatewayProxyEventV2['requestContext']['http'], 'sourceIp'> } };

/** Answers one request by its route. An unexpected error is logged and answered as a 503. */
export async function answerRequest<Services>(
  event: RequestEvent,
  routes: HttpFunction<Services>['routes'],
  services: () => Promise<Services>,
  invocation: Invocation,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    const route = Object.hasOwn(routes, event.routeKey) ? routes[event.routeKey] : undefined;
    if (!route)
      throw new HttpProblem(
        404,
        'Not Found',
        `There is no route ${event.rawPath}: docs/reference/api.md lists the routes`,
      );
    const { status, headers, body } = await route(requestOf(event), await services(), invocation);
    return answer(status, { ...(body !== undefined && JSON_TYPE), ...headers }, body);
  } catch (error) {
    const problem = error instanceof HttpProblem ? error : unforeseen(error);
    logProblem(problem, event.routeKey, invocation);
    return answer(problem.status, { 'content-type': 'application/problem+json' }, problem.toBody());
  }
}

/**
 * Admits a caller with a token of this door.
 *
 * @returns the caller's name.
 * @throws HttpProblem 401 or 403
 */
export async function admit(
  request: Pick<HttpRequest, 'headers' | 'from' | 'body'>,
  { door }: { door: Door },
  { log }: Invocation,
): Promise<string> {
  return (await door.admit(request, log)).name;
}

/**
 * The Lambda handler of an HTTP function: routes, problem details, a deadline, and one log line for each invocation. It may also take
 * direct invocations.
 */
export function onHttp<Services>({ name, services, routes, direct, warm }: HttpFunction<Services>) {
  const log = createLogger({ function: name });
  const ready = once(services);
  if (warm) warmUp(warm, ready);

  async function httpHandler(
    event: APIGatewayProxyEventV2,
    context: Context,
    { signal }: { signal: AbortSignal },
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const invocation = invocationOf(context, signal, log, Date.now());
    if (!direct || isRequest(event)) return answerRequest(event, routes, ready, invocation);
    await direct(event, await ready(), invocation);
    return { statusCode: 202 };
  }

  return middy(httpHandler, { timeoutEarlyInMillis: TIMEOUT_EARLY_MS }).use(logInvocation(log));
}

/**
 * Whether an event is a request of the HTTP API. Only the API makes events with a route, and a request cannot hide it: everything that
 * its sender writes is inside of it.
 */
function isRequest(event: Partial<APIGatewayProxyEventV2> | null): boolean {
  return typeof event === 'object' && event !== null && 'routeKey' in event;
}

/**
 * The body as JSON of the given shape.
 *
 * @throws HttpProblem 400 naming each field, 413 or 415.
 */
export function parseBody<Schema extends z.ZodType>(
  received: ReceivedBody,
  schema: Schema,
  limits?: BodyLimits,
): z.output<Schema> {
  return checked(schema, bodyAsJson(received, limits), 'fields');
}

/**
 * The query parameters in the given shape.
 *
 * @throws HttpProblem 400 naming each parameter.
 */
export function parseQuery<Schema extends z.ZodType>(
  { query }: HttpRequest,
  schema: Schema,
): z.output<Schema> {
  return checked(schema, query, 'parameters');
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, parts: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = fieldProblems(parsed.error.issues);
  throw new HttpProblem(400, 'Bad Request', `Some ${parts} are wrong: errors lists them`, problems);
}

function requestOf({
  pathParameters,
  queryStringParameters,
  headers,
  body,
  isBase64Encoded,
  requestContext,
}: RequestEvent): HttpRequest {
  return {
    path: pathParameters ?? {},
    query: queryStringParameters ?? {},
    headers,
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
    from: requestContext.http.sourceIp,
    ...claimsIn(requestContext),
  };
}

const Authorized = z.looseObject({
  authorizer: z.looseObject({
    jwt: z.looseObject({ claims: z.record(z.string(), z.unknown()) }),
  }),
});

/** The claims that the JWT authorizer of the HTTP API hands over. All of them are texts; others would be none. */
function claimsIn(context: unknown): Pick<HttpRequest, 'claims'> {
  const { success, data } = Authorized.safeParse(context);
  if (!success) return {};
  const texts = Object.entries(data.authorizer.jwt.claims).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return { claims: Object.fromEntries(texts) };
}

function answer(
  statusCode: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'cache-control': 'no-store', ...headers }, ...encoded(body) };
}

function encoded(body: unknown): Pick<APIGatewayProxyStructuredResultV2, 'body' | 'isBase64Encoded'> {
  if (body === undefined) return {};
  if (body instanceof Uint8Array)
    return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
  return { body: `${JSON.stringify(body)}\n` };
}

function unforeseen(cause: unknown): HttpProblem {
  return new HttpProblem(
    503,
    'Service Unavailable',
    'Poolkeeper could not store or answer the request. Send it again; the log has the reason.',
    undefined,
    { cause },
  );
}

/** Logs the problem with its reason, because most senders drop the answer. */
function logProblem(problem: HttpProblem, route: string, { log }: Invocation): void {
  const { status, message: why, errors, cause, isLogged } = problem;
  if (isLogged) return;
  if (status === 400 || status === 415) {
    log.warn('a request was refused', { ...refusal(route, status), route, why, errors });
  } else if (status === 413) {
    log.error('a request was too large', { ...refusal(route, status), route, why });
  } else if (status >= 500) {
    log.error('request failed', { route, status, why, error: cause ?? problem });
  }
}

function refusal(route: string, status: number): Record<string, unknown> {
  const door = route.startsWith('POST /alerts/') ? 'alerts' : 'people';
  return counted(RequestsRefused, 1, { door, status: String(status) }, Date.now());
}
