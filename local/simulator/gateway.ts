import { ApiError } from './api-error.ts';
import type { Credentials } from './credentials.ts';
import type { FaultKind, FaultOf } from './faults/fault.ts';
import type { FaultSubject } from './faults/fault-list.ts';
import { errorOf, gatewayTimeout, refusingKinds } from './faults/request-fault.ts';
import type { KeyLock } from './key-lock.ts';
import type { LoggedRequest } from './request-log.ts';
import { faultSubject, findRoute, type RouteMatch } from './routes/route-table.ts';
import { type ReceivedRequest, verifySignature } from './signature.ts';
import { catchUp, type World } from './world/world.ts';

export interface AnswerServices {
  /** The present world. A reset of the simulator replaces it. */
  readonly world: () => World;
  readonly delay: (delayMs: number) => Promise<void>;
}

export interface GatewayServices extends AnswerServices {
  readonly credentials: Credentials;
  readonly keyLock: KeyLock;
}

/** The body of a 200, or `lost`: the work was done, and the simulator destroys the connection without an answer. */
export type GatewayAnswer = { readonly lost: false; readonly body: unknown } | { readonly lost: true };

const unauthenticated = (problem: string): ApiError =>
  new ApiError(401, 'APIGW.0301', `Incorrect IAM authentication information: ${problem}`);

const authenticate = (
  request: ReceivedRequest,
  entry: LoggedRequest,
  services: GatewayServices,
  world: World,
): void => {
  const nowMs = world.clock.realMs();
  const driftedMs = nowMs + world.settings.clockDriftSeconds * 1_000;
  const verdict = verifySignature(request, services.credentials, driftedMs);
  entry.signed = verdict.valid;
  if (!verdict.valid) entry.signatureProblem = verdict.problem;
  const { keyLock, credentials } = services;
  if (verdict.accessKey === credentials.accessKey && keyLock.isLocked(nowMs)) {
    // The gateway's own words (docs/design/modelarts-api.md 5.2).
    throw unauthenticated('AK access failed to reach the limit,forbidden');
  }
  if (verdict.valid) {
    keyLock.succeeded();
    return;
  }
  if (verdict.accessKey === credentials.accessKey) keyLock.failed(nowMs);
  throw unauthenticated(`verify aksk signature fail: ${verdict.problem}`);
};

/**
 * Handles one API request in the gateway's order: the path, the signature, the key's own project, the faults, and only then
 * the endpoint's work. Throws an ApiError for every answer except 200.
 */
export const passGateway = async (
  request: ReceivedRequest,
  entry: LoggedRequest,
  services: GatewayServices,
): Promise<GatewayAnswer> => {
  const [path = '', queryText = ''] = request.target.split(/\?(.*)/s);
  const match = findRoute(request.method, path);
  if (match === undefined) {
    throw new ApiError(
      404,
      'APIGW.0101',
      'The API does not exist or has not been published in the environment',
    );
  }
  entry.endpoint = match.route.endpoint;
  authenticate(request, entry, services, services.world());
  if (match.pathParameters['project_id'] !== services.world().projectId) {
    throw new ApiError(
      403,
      'ModelArts.0210',
      'The project ID in the URL is not the project of the access key.',
    );
  }
  return answerMatched(match, queryText, request, entry, services);
};

/** Answers a request that the gateway has let through: the faults, and then the endpoint's work. Throws an ApiError as `passGateway`. */
export const answerMatched = async (
  match: RouteMatch,
  queryText: string,
  request: Pick<ReceivedRequest, 'target' | 'headers' | 'body'>,
  entry: Pick<LoggedRequest, 'faults'>,
  services: AnswerServices,
): Promise<GatewayAnswer> => {
  const query = new URLSearchParams(queryText);
  const subject = faultSubject(match, query, request.body, services.world());
  const hit = <Kind extends FaultKind>(
    kinds: readonly Kind[],
    by: FaultSubject,
  ): FaultOf<Kind> | undefined => {
    const fault = services.world().faults.take(kinds, by);
    if (fault) entry.faults.push(fault.kind);
    return fault;
  };

  const slow = hit(['slow'], subject);
  if (slow) await services.delay(slow.delayMs);
  const world = services.world();
  catchUp(world);
  const refusing = hit(refusingKinds, subject);
  if (refusing) throw errorOf(refusing);
  const { headers, body } = request;
  const answer = match.route.handle(
    { pathParameters: match.pathParameters, query, headers, body, subject },
    world,
  );
  const lost = hit(['lost-answer'], subject);
  if (lost?.instead === 'status-504') throw gatewayTimeout();
  if (lost) return { lost: true };
  if (match.route.method !== 'GET') return { lost: false, body: answer };
  return { lost: false, body: world.oddReplies.show(request.target, answer, hit(['odd-reply'], subject)) };
};
