import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { lambdaRefusal } from '../iam/refusal.ts';
import type { Roles } from '../iam/roles.ts';
import { closeServer, listenOnLoopback, readBody } from '../loopback-server.ts';
import type { RunCredentials } from '../run-credentials.ts';
import { refusalAtDoor, type StandInAnswer } from '../stand-in-door.ts';
import type { Invoke } from './invocation.ts';
import { payloadLimitBytes } from './runtime-api.ts';

export interface InvokeApiOptions {
  /** The function with a name or an ARN, if there is one. */
  readonly find: (nameOrArn: string) => { readonly name: string; readonly arn: string } | undefined;
  readonly invoke: Invoke;
  /** A request with their session token may invoke every function. */
  readonly credentials: RunCredentials;
  /** The functions. Each may invoke those that its role allows. */
  readonly roles: Roles;
}

export interface InvokeApi {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Serves Lambda's Invoke operation (RequestResponse, Event, DryRun) on loopback. */
export async function startInvokeApi({
  find,
  invoke,
  credentials,
  roles,
}: InvokeApiOptions): Promise<InvokeApi> {
  async function answer(request: IncomingMessage): Promise<StandInAnswer> {
    const [, name] = /^\/2015-03-31\/functions\/([^/?]+)\/invocations/.exec(request.url ?? '') ?? [];
    const refusal = refusalAtDoor(request, credentials, roles);
    if (refusal) return problem(refusal.status, 'AccessDeniedException', refusal.why);
    if (name === undefined || request.method !== 'POST')
      return problem(404, 'UnknownOperationException', 'only Invoke is served here');
    const called = find(decodeURIComponent(name));
    const caller = roles.functionOf(request);
    if (caller !== undefined) {
      const call = { action: 'lambda:InvokeFunction', resource: called?.arn ?? '*' };
      const message = roles.refusalOf(caller, [call]);
      if (message !== undefined) return lambdaRefusal(message);
    }
    if (called === undefined) return problem(404, 'ResourceNotFoundException', `Function not found: ${name}`);
    const body = await readBody(request, payloadLimitBytes);
    if (!body)
      return problem(
        413,
        'RequestTooLargeException',
        `Request must be smaller than ${payloadLimitBytes} bytes`,
      );
    const payload = body.length === 0 ? '{}' : body.toString();
    if (!isJson(payload))
      return problem(400, 'InvalidRequestContentException', 'Could not parse request body into json');

    const type = request.headers['x-amz-invocation-type'];
    if (type === 'DryRun') return { statusCode: 204, body: '' };
    if (type === 'Event') {
      void invoke(called.name, payload);
      return { statusCode: 202, body: '' };
    }
    const result = await invoke(called.name, payload);
    const headers = {
      'x-amz-executed-version': '$LATEST',
      ...(result.functionError && { 'x-amz-function-error': result.functionError }),
    };
    return { statusCode: 200, headers, body: result.payload };
  }

  const server = createServer((request, response) => {
    answer(request)
      .then((answered) => send(response, answered))
      .catch(() => response.destroy());
  });
  const endpoint = `http://127.0.0.1:${await listenOnLoopback(server, 0)}`;
  return { endpoint, stop: () => closeServer(server) };
}

const problem = (statusCode: number, type: string, message: string): StandInAnswer => ({
  statusCode,
  headers: { 'x-amzn-errortype': type, connection: 'close' },
  body: JSON.stringify({ Type: 'User', Message: message }),
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function send(response: ServerResponse, { statusCode, headers, body }: StandInAnswer): void {
  response.writeHead(statusCode, { 'content-type': 'application/json', ...headers }).end(body);
}
