import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ACCOUNT_ID } from '../account.ts';
import type { MatchedRoute } from './http-routes.ts';

/** The event of payload format 2.0, as in API Gateway's "Create AWS Lambda proxy integrations for HTTP APIs". */
export function httpEvent(
  request: IncomingMessage,
  body: Buffer,
  { route, pathParameters }: MatchedRoute,
  timeMs: number,
): APIGatewayProxyEventV2 {
  const { method = 'GET', url = '/' } = request;
  const { path, query } = splitTarget(url);
  const { cookie, ...headers } = joinedHeaders(request);
  const queryParameters = joinedQuery(query);
  const requestId: string = randomUUID();
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(Object.keys(queryParameters).length > 0 && { queryStringParameters: queryParameters }),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: 'local',
      domainName: headers['host'] ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: route.routeKey,
      stage: '$default',
      time: commonLogTime(timeMs),
      timeEpoch: timeMs,
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters: { ...pathParameters } }),
    ...bodyFields(body, headers['content-type']),
  };
}

export function splitTarget(url: string): { path: string; query: string } {
  const question = url.indexOf('?');
  return question === -1
    ? { path: url, query: '' }
    : { path: url.slice(0, question), query: url.slice(question + 1) };
}

/** Lower-case names; repeated headers are joined with commas. */
function joinedHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values = []]) => [
      name,
      values.join(name === 'cookie' ? '; ' : ','),
    ]),
  );
}

function joinedQuery(query: string): Record<string, string> {
  const grouped = Map.groupBy(new URLSearchParams(query), ([name]) => name);
  return Object.fromEntries(
    [...grouped].map(([name, pairs]) => [name, pairs.map(([, value]) => value).join(',')]),
  );
}

const textType = /^\s*(?:text\/|application\/(?:json|javascript|xml|[\w.+-]+\+(?:json|xml))\s*(?:;|$))/i;

/** Text stays text; any other body is base64. */
function bodyFields(body: Buffer, contentType = 'text/plain'): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const text = body.toString();
  const isText = textType.test(contentType) && Buffer.from(text).equals(body);
  return { body: isText ? text : body.toString('base64'), isBase64Encoded: !isText };
}

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(timeMs: number): string {
  const [, day, month, year, time] = new Date(timeMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
