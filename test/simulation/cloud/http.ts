import { AsyncLocalStorage } from 'node:async_hooks';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { routes as consoleRoutes } from '#functions/console';
import { routes as alertRoutes } from '#functions/receive-alert';
import type { Caller } from '#lib/callers';
import type { Clock } from '#lib/clock';
import { createDoor, type Door as LibraryDoor } from '#lib/handler/door';
import { answerRequest } from '#lib/handler/on-http';
import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { Fate } from '#local/rehearsal/engine/fate';
import { type Door, type DoorRequest, LOW_NAMES, LOW_TOKENS, SENDER_TOKENS, TOKENS } from './doors.ts';
import { smnOf, type Visit } from './smn.ts';

/** Nothing goes wrong. */
const SOUND: Pick<Fate, 'decide'> = { decide: () => undefined };

/** A world has no page. */
const page = { all: async () => new Map() };

/** How a request was answered. `by`: the process that answered. */
export type DoorAnswer = { status: number; type: string; body: any; by: string };

const TIMEOUT_MS = 10_000;

/** Sends one request through the gateway to its function. @returns the answer; undefined where there was none but the gateway's own 5xx. */
export async function knock(
  deployment: Deployment,
  door: Door,
  {
    route,
    path = {},
    query = {},
    body,
    authorization = `Bearer ${TOKENS[door][0]}`,
    headers: own,
  }: DoorRequest,
  fate: Pick<Fate, 'decide'> = SOUND,
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
      ...own,
      ...(authorization !== null && { authorization }),
    },
    ...(text !== undefined && { body: text }),
    isBase64Encoded: false,
    requestContext: { http: { sourceIp: '192.0.2.1' } },
  } as unknown as APIGatewayProxyEventV2;
  const ended = await deployment.invoke(door, TIMEOUT_MS, (services, invocation) =>
    withDoor(deployment, door, services, fate, (all) =>
      door === 'console'
        ? answerRequest(event, consoleRoutes, async () => all, invocation)
        : answerRequest(event, alertRoutes, async () => all, invocation),
    ),
  );
  if (ended.kind === 'failed') return undefined;
  const { statusCode = 0, headers = {}, body: answered = '' } = ended.value;
  return {
    status: statusCode,
    type: String(headers['content-type']),
    body: parsed(answered),
    by: ended.by,
  };
}

/** The clock of the process that is served: the doors outlive it, as they do in a warm function. */
const serving = new AsyncLocalStorage<Clock>();
const servingClock: Clock = {
  now: () => serving.getStore()!.now(),
  sleep: (ms, signal) => serving.getStore()!.sleep(ms, signal),
};

const doors = new WeakMap<Deployment, Map<Door, LibraryDoor>>();

function doorOf(deployment: Deployment, name: Door): LibraryDoor {
  const known = doors.get(deployment) ?? new Map<Door, LibraryDoor>();
  doors.set(deployment, known);
  const door = known.get(name) ?? createDoor(callersOf(name), servingClock);
  known.set(name, door);
  return door;
}

const visits = new WeakMap<Deployment, Visit[]>();

/** The requests that the functions of a deployment have sent to the console of SMN. */
export function visitsTo(deployment: Deployment): Visit[] {
  const known = visits.get(deployment) ?? [];
  visits.set(deployment, known);
  return known;
}

/** Runs something with the services that a function behind a door has. */
export function withDoor<Own extends { clock: Clock }, Value>(
  deployment: Deployment,
  name: Door,
  services: Own,
  fate: Pick<Fate, 'decide'>,
  run: (all: Own & ReturnType<typeof furnish>) => Promise<Value>,
): Promise<Value> {
  return serving.run(services.clock, () => run({ ...services, ...furnish(deployment, name, fate) }));
}

function furnish(deployment: Deployment, name: Door, fate: Pick<Fate, 'decide'>) {
  return {
    door: doorOf(deployment, name),
    smn: smnOf(
      fate,
      () => `${name}/${deployment.begun.size}`,
      (visit) => void visitsTo(deployment).push({ ...visit, atMs: servingClock.now() }),
    ),
    page,
    deadLetterQueues: [],
    counters: () => Promise.resolve([]),
    system: { simulated: true, version: '0' },
  };
}

function callersOf(door: Door): Caller[] {
  const all = TOKENS[door].map((token): Caller => ({ name: 'ops', tokens: [token], role: 'admin' }));
  if (door !== 'console')
    return [
      ...all,
      { name: 'team-a', tokens: [SENDER_TOKENS['team-a']] },
      { name: 'team-s', tokens: [SENDER_TOKENS['team-s']] },
      { name: 'kube', tokens: [SENDER_TOKENS.kube], source: 'kubernetes' },
    ];
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
