import { createServer, type IncomingMessage } from 'node:http';
import { isRecord } from '#lib/is-record';
import { arnOf } from '../account.ts';
import { ssmRefusal } from '../iam/refusal.ts';
import type { Roles } from '../iam/roles.ts';
import { operationOf, ssmCalls } from '../iam/service-calls.ts';
import { closeServer, listenOnLoopback, readBody } from '../loopback-server.ts';
import type { RunCredentials } from '../run-credentials.ts';
import { refusalAtDoor, type StandInAnswer } from '../stand-in-door.ts';

export interface ParameterService {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export interface ParameterOptions {
  readonly region: string;
  /** A request with their session token may read every parameter. */
  readonly credentials: RunCredentials;
  /** The functions. Each may read the parameters that its role allows. */
  readonly roles: Roles;
  /** The values, by the complete names of the parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

const REQUEST_BYTES = 64 * 1024;
/** The limit of Systems Manager for the names in one request. */
const NAMES_AT_ONCE = 10;
const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** Serves GetParameters of Systems Manager on loopback. */
export async function startParameterService({
  region,
  credentials,
  roles,
  parameters,
}: ParameterOptions): Promise<ParameterService> {
  async function answer(request: IncomingMessage): Promise<StandInAnswer> {
    const refusal = refusalAtDoor(request, credentials, roles);
    if (refusal) return { statusCode: refusal.status, body: refusal.why };
    const body = await readBody(request, REQUEST_BYTES);
    const operation = operationOf(request.headers['x-amz-target']);
    const asked = parsed(body);
    const caller = roles.functionOf(request);
    const message = caller && roles.refusalOf(caller, ssmCalls(operation, asked, { region }));
    if (message !== undefined) return ssmRefusal(message);
    if (operation !== 'GetParameters')
      return failure('UnknownOperationException', 'only GetParameters is served here');
    const names = isRecord(asked) && Array.isArray(asked['Names']) ? asked['Names'].map(String) : [];
    if (names.length === 0 || names.length > NAMES_AT_ONCE)
      return failure('ValidationException', `Names must have 1 to ${NAMES_AT_ONCE} members`);
    const known = names.filter((name) => Object.hasOwn(parameters, name));
    const answered = {
      Parameters: known.map((Name) => ({
        Name,
        Type: 'SecureString',
        Value: parameters[Name],
        Version: 1,
        ARN: arnOf({ region }, 'ssm', `parameter/${Name.replace(/^\//, '')}`),
      })),
      InvalidParameters: names.filter((name) => !known.includes(name)),
    };
    return {
      statusCode: 200,
      headers: { 'content-type': CONTENT_TYPE },
      body: JSON.stringify(answered),
    };
  }

  const server = createServer((request, response) => {
    answer(request)
      .then(({ statusCode, headers, body }) => response.writeHead(statusCode, headers).end(body))
      .catch(() => response.destroy());
  });
  const endpoint = `http://127.0.0.1:${await listenOnLoopback(server, 0)}`;
  return { endpoint, stop: () => closeServer(server) };
}

function failure(type: string, message: string): StandInAnswer {
  return {
    statusCode: 400,
    headers: { 'content-type': CONTENT_TYPE },
    body: JSON.stringify({ __type: type, message }),
  };
}

function parsed(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined;
  }
}
