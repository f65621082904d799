import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Answer, gatewayError, modelArtsError } from './answer.ts';
import { findPage, jsonOf, requestFaults } from './check-request.ts';
import { apiNotFound, poolNotFound } from './page.ts';
import { type PoolPlan, StrictPool } from './pool.ts';
import type { RecordedRequest } from './record.ts';
import { type AccessKey, signatureFault } from './signature.ts';

export type StrictModelArtsOptions = AccessKey & {
  /** The project of every pool that names no other. */
  projectId: string;
};

export type StrictModelArts = {
  /** Base URL, for MODELARTS_ENDPOINT. */
  url: string;
  /** Every request, the refused ones too. */
  requests: readonly RecordedRequest[];
  /** The violations of the pages, one sentence each. A correct client causes none. */
  violations: readonly string[];
  addPool(id: string, plan: PoolPlan): StrictPool;
  /** The nodes for which more than one batch-reset was accepted, of all pools. */
  resetTwice(): string[];
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * The ModelArts API of the vendor's pages and nothing beyond them, for tests: it signs nothing off that a page does not say,
 * records every request, and goes wrong as told. Written from the pages alone, so that it is a second opinion on the client
 * and on the simulator.
 */
export async function startStrictModelArts(options: StrictModelArtsOptions): Promise<StrictModelArts> {
  const pools = new Map<string, StrictPool>();
  const requests: RecordedRequest[] = [];
  const violations: string[] = [];

  const server = createServer((incoming, response) => {
    void serve(incoming, response).catch((error: unknown) => {
      violations.push(`the strict server itself failed: ${String(error)}`);
      response.destroy();
    });
  });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>));
    const request = recorded(incoming, bytes);
    requests.push(request);
    const send = (answer: Answer) => {
      request.status = answer.status;
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
    };
    const violation = (answer: Answer, sentence: string) => {
      violations.push(`${request.method} ${request.path}: ${sentence}`);
      send(answer);
    };

    const { method, path, headers } = request;
    const unsigned = signatureFault(
      { method, target: incoming.url ?? '', headers, body: bytes },
      options,
      Date.now(),
    );
    if (unsigned) return violation(gatewayError(401, '0301', 'Incorrect IAM authentication.'), unsigned);

    const found = findPage(method, path);
    if (!found) return send(apiNotFound);
    const { page, name, project } = found;
    request.operation = page.operation;
    const poolId = found.pool ?? request.query.get('name') ?? request.query.get('poolName') ?? poolOfIt(name);
    if (poolId !== undefined) request.pool = poolId;
    const known = pools.get(poolId ?? '');
    const pool = known?.projectId === project ? known : undefined;
    pool?.requests.push(request);

    const faults = requestFaults(request);
    if (faults.length > 0) {
      return violation(modelArtsError(400, '0104', `Bad parameter. ${faults[0]}`), faults.join('; '));
    }
    if (!pool) return send(poolNotFound);

    const fault = pool.fault(page.operation, request);
    if (fault && 'instead' in fault) return send(fault);
    if (fault && 'lost' in fault && fault.lost === 'before-work') return void response.destroy();
    const now = Date.now();
    for (const each of pools.values()) each.advance(now);
    const answer = page.answer({ pool, name: name ?? '', poolOf: (id) => pools.get(id) }, request, now);
    if (fault && 'lost' in fault) return void response.destroy();
    if (fault && 'heldUntil' in fault) await fault.heldUntil;
    send(fault && 'afterwards' in fault ? fault : answer);
  }

  /** The pool of a job or of an event. */
  function poolOfIt(name: string | undefined): string | undefined {
    return [...pools.values()].find(({ jobs, plannedEvents }) =>
      [...jobs, ...plannedEvents].some(({ id }) => id === name),
    )?.id;
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    violations,
    addPool: (id, plan) => {
      const pool = new StrictPool(id, pools.size + 1, { projectId: options.projectId, ...plan });
      pools.set(id, pool);
      return pool;
    },
    resetTwice: () =>
      [...pools.values()].flatMap((pool) => pool.nodeNames.filter((name) => pool.resets(name) > 1)),
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function recorded(incoming: IncomingMessage, bytes: Buffer): RecordedRequest {
  const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://strict');
  const text = bytes.toString();
  return {
    at: Date.now(),
    method: incoming.method ?? '',
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    text,
    body: jsonOf(text),
  };
}
