import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { routes as consoleRoutes } from '#functions/console';
import { routes as alertRoutes } from '#functions/receive-alert';
import type { Caller } from '#lib/callers';
import { createDoor } from '#lib/handler/door';
import { answerRequest } from '#lib/handler/on-http';
import type { Deployment } from '#local/rehearsal/cloud/deployment';
import { type Door, type DoorRequest, LOW_NAMES, LOW_TOKENS, TOKENS } from './doors.ts';

/** No world has a topic of SMN, and a message of one makes no world send a request. */
const get = () => Promise.resolve({ kind: 'refused' as const, why: 'there is no SMN in this world' });
const smn = { get, certificates: { at: () => get() } };

/** A world has no page. */
const page = { all: async () => new Map() };

/** How a request was answered. `by`: the process that answered. */
export type DoorAnswer = { status: number; type: string; body: any; by: string };

const TIMEOUT_MS = 10_000;

/** Sends one request through the gateway to its function. @returns the answer; undefined where there was none but the gateway's own 5xx. */
export async function knock(
  deployment: Deployment,
  door: Door,
  { route, path = {}, query = {}, body, authorization = `Bearer ${TOKENS[door][0]}` }: DoorRequest,
): Promise<DoorAnswer | undefined> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const event = {
    version: '2.0',
    routeKey: route,
    rawPath: route.replaceAll(/\{(\w+)\}/g, (_, name: string) => path[name] ?? ''),
    rawQueryString: new URLSearchParams(query).toString(),
    queryStringParameters: query,
    pathParameters: path,
    headers: {
      'content-type': 'application/json',
      ...(authorization !== null && { authorization }),
    },
    ...(text !== undefined && { body: text }),
    isBase64Encoded: false,
    requestContext: { http: { sourceIp: '192.0.2.1' } },
  } as unknown as APIGatewayProxyEventV2;
  const ended = await deployment.invoke(door, TIMEOUT_MS, (services, invocation) => {
    const own = async () => ({
      ...services,
      door: createDoor(callersOf(door), services.clock),
      smn,
      page,
      deadLetterQueues: [],
      counters: () => Promise.resolve([]),
      system: { simulated: true, version: '0' },
    });
    return door === 'console'
      ? answerRequest(event, consoleRoutes, own, invocation)
      : answerRequest(event, alertRoutes, own, invocation);
  });
  if (ended.kind === 'failed') return undefined;
  const { statusCode = 0, headers = {}, body: answered = '' } = ended.value;
  return {
    status: statusCode,
    type: String(headers['content-type']),
    body: parsed(answered),
    by: ended.by,
  };
}

function callersOf(door: Door): Caller[] {
  const all = TOKENS[door].map((token): Caller => ({ name: 'ops', tokens: [token], role: 'admin' }));
  if (door !== 'console') return all;
  const others = (['read', 'command', 'approve'] as const).map(
    (role): Caller => ({ name: LOW_NAMES[role], tokens: [LOW_TOKENS[role]], role }),
  );
  return [...all, ...others];
}

function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
