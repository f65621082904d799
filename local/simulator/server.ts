import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isAddressedHere, MISDIRECTED } from '#local/cloud/addressed';
import { isFromWebPage, limitSlowSenders } from '#local/cloud/loopback-server';
import { ApiError } from './api-error.ts';
import type { SimulatorControl } from './control/control.ts';
import { ControlError } from './control/control-error.ts';
import { answerControl, isControlPath } from './control/control-routes.ts';
import { type GatewayAnswer, type GatewayServices, passGateway } from './gateway.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';
import { jsonOf } from './routes/request-body.ts';
import type { ReceivedRequest } from './signature.ts';

/** docs/design/modelarts-api.md 5.2 and 6.3: a body signed with AK/SK is at most 12 MB. */
const maximumBodyBytes = 12 * 1024 * 1024;
/** Longer than clients keep an idle connection, so that no connection closes under a request on its way. */
const keepAliveTimeout = 65_000;
const loopbackAddresses = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

export interface ServerServices extends GatewayServices {
  readonly control: SimulatorControl;
  readonly log: RequestLog;
  readonly nextRequestId: () => string;
}

/** Reads to the end, so that a client in the middle of sending can read the answer. Undefined for a body that is too large. */
const readBody = async (request: IncomingMessage): Promise<Uint8Array | undefined> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.length;
    if (bytes > maximumBodyBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  return bytes > maximumBodyBytes ? undefined : Buffer.concat(chunks);
};

const send = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': length, ...headers })
    .end(text);
};

const bodyOf = (error: ApiError, requestId: string): object =>
  error.code.startsWith('APIGW.')
    ? { error_msg: error.message, error_code: error.code, request_id: requestId }
    : { error_code: error.code, error_msg: error.message };

const serveControl = (
  request: IncomingMessage,
  received: ReceivedRequest,
  response: ServerResponse,
  control: SimulatorControl,
) => {
  if (!loopbackAddresses.has(request.socket.remoteAddress ?? '')) {
    send(response, 403, { error: 'the control routes answer only on this machine' });
    return;
  }
  try {
    send(response, 200, answerControl(control, received));
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    send(response, error.status, { error: error.message });
  }
};

const logEntry = (received: ReceivedRequest, requestId: string, atRealMs: number): LoggedRequest => ({
  at: new Date(atRealMs).toISOString(),
  requestId,
  method: received.method,
  path: received.target,
  ...(received.body.length > 0 && { body: jsonOf(received.body) ?? Buffer.from(received.body).toString() }),
  signed: false,
  faults: [],
  status: null,
});

const serveApi = async (
  received: ReceivedRequest,
  tooLarge: boolean,
  response: ServerResponse,
  services: ServerServices,
) => {
  const requestId = services.nextRequestId();
  const headers = { 'x-request-id': requestId };
  const entry = logEntry(received, requestId, services.world().clock.realMs());
  services.log.add(entry);
  let answer: GatewayAnswer;
  try {
    if (tooLarge) throw new ApiError(413, 'APIGW.0201', 'The request body is larger than 12 MB.');
    answer = await passGateway(received, entry, services);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    entry.status = error.status;
    send(response, error.status, bodyOf(error, requestId), { ...headers, ...error.headers });
    return;
  }
  if (answer.lost) {
    response.destroy();
    return;
  }
  entry.status = 200;
  send(response, 200, answer.body, headers);
};

const serve = async (
  request: IncomingMessage,
  response: ServerResponse,
  services: ServerServices,
): Promise<void> => {
  // A client over the network may use any host name for this machine.
  if (loopbackAddresses.has(request.socket.remoteAddress ?? '') && !isAddressedHere(request)) {
    request.resume();
    send(response, MISDIRECTED, { error: 'the Host is not this machine' });
    return;
  }
  if (isFromWebPage(request)) {
    request.resume();
    send(response, 403, { error: 'the simulator is not for web pages' });
    return;
  }
  const body = await readBody(request);
  const received: ReceivedRequest = {
    method: request.method ?? '',
    target: request.url ?? '',
    headers: request.headers,
    body: body ?? new Uint8Array(),
  };
  if (isControlPath(received.target)) serveControl(request, received, response, services.control);
  else await serveApi(received, body === undefined, response, services);
};

/** The HTTP side of the simulator: reads requests, passes them to the control routes or the gateway, writes answers. */
export const createSimulatorServer = (services: ServerServices): Server => {
  const server = createServer({ keepAliveTimeout }, (request, response) => {
    serve(request, response, services).catch((error: unknown) => {
      // The client left in the middle of its request, or of a delay that ended with the server: no one is left to answer.
      if (request.destroyed && !request.complete) return;
      if (response.destroyed || response.headersSent) return;
      const message = error instanceof Error ? error.message : String(error);
      send(response, 500, { error_code: 'APIGW.0601', error_msg: `The simulator itself failed: ${message}` });
    });
  });
  limitSlowSenders(server);
  return server;
};
