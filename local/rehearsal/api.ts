import { isRecord } from '#lib/is-record';
import { ApiError } from '#local/simulator/api-error';
import { answerMatched } from '#local/simulator/gateway';
import { jsonOf, nodesNamedIn } from '#local/simulator/routes/request-body';
import { findRoute } from '#local/simulator/routes/route-table';
import { catchUp, type World } from '#local/simulator/world/world';

/** A request as it reaches the API, behind its gateway. `target`: path and query. */
export type ApiRequest = {
  method: string;
  target: string;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
};

/** An answer of the API. `lost`: the work was done, and no answer comes. */
export type ApiAnswer =
  | { lost: false; status: number; headers: Readonly<Record<string, string>>; text: string }
  | { lost: true };

/** A request that changes something, and what the API answered. */
export type Call = {
  atMs: number;
  endpoint: string;
  /** The id of the pool. */
  pool: string | undefined;
  nodes: readonly string[];
  nodePool: string | undefined;
  body: Readonly<Record<string, unknown>>;
  /** Absent: its answer was lost. */
  status?: number;
};

export type SimulatedApi = {
  /** Carries out a request at this moment of the virtual time. A slow answer takes its time. */
  answer(request: ApiRequest): Promise<ApiAnswer>;
  /** The requests that change something, in their order. */
  calls: readonly Call[];
  /** The body of a right answer to a reading, at once; undefined if the answer is another one, or a fault is in force. */
  read(target: string): unknown;
  /** Changes with each change of the world. */
  version(): string;
  /** Must be called after a change of the world from outside. */
  changed(): void;
};

/** Right before a call is carried out: it may change the world. */
export type BeforeCall = (call: Call, world: World) => void;

/**
 * The API of the simulator without its server: the same routes, world and faults, on virtual time. It checks no signature.
 */
export function createSimulatedApi(
  world: World,
  now: () => number,
  delay: (delayMs: number) => Promise<void>,
  before?: BeforeCall,
): SimulatedApi {
  const calls: Call[] = [];
  let changes = 0;

  async function answer(request: ApiRequest): Promise<ApiAnswer> {
    const { method, target, body } = request;
    const [path = '', query = ''] = target.split(/\?(.*)/s);
    const match = findRoute(method, path);
    if (!match) return refusalOf(new ApiError(404, 'APIGW.0101', 'The API does not exist'));
    const call: Call = {
      atMs: now(),
      endpoint: match.route.endpoint,
      pool: match.pathParameters['pool_name'],
      nodes: nodesNamedIn(body),
      nodePool: match.pathParameters['nodepool_name'],
      body: recordIn(body),
    };
    catchUp(world);
    if (method !== 'GET') {
      calls.push(call);
      before?.(call, world);
    }
    try {
      const services = { world: () => world, delay };
      const done = await answerMatched(match, query, request, { faults: [] }, services);
      if (done.lost) return done;
      call.status = 200;
      return { lost: false, status: 200, headers: {}, text: JSON.stringify(done.body) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      call.status = error.status;
      return refusalOf(error);
    }
  }

  function read(target: string): unknown {
    const [path = '', query = ''] = target.split(/\?(.*)/s);
    const match = world.faults.list().length === 0 && findRoute('GET', path);
    if (!match) return undefined;
    const { route, pathParameters } = match;
    try {
      const asked = new URLSearchParams(query);
      const subject = { endpoint: route.endpoint, nodes: [] };
      return route.handle({ pathParameters, query: asked, headers: {}, body: NOTHING, subject }, world);
    } catch (error) {
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  }

  return {
    answer,
    calls,
    read,
    version() {
      catchUp(world);
      return `${world.agenda.ran()} ${calls.length} ${changes}`;
    },
    changed() {
      changes += 1;
    },
  };
}

const NOTHING = new Uint8Array();

function refusalOf({ status, code, message, headers }: ApiError): ApiAnswer {
  return { lost: false, status, headers, text: JSON.stringify({ error_code: code, error_msg: message }) };
}

function recordIn(body: Uint8Array): Record<string, unknown> {
  const json = body.length === 0 ? undefined : jsonOf(body);
  return isRecord(json) ? json : {};
}
