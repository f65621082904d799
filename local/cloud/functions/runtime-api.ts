import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback, readBody } from '../loopback-server.ts';
import type { RunCredentials } from '../run-credentials.ts';
import { refusalAtDoor } from '../stand-in-door.ts';
import { failedInvocation, type Invocation, type InvocationResult } from './invocation.ts';

/** AWS Lambda quotas: payload of a synchronous invocation, each way. */
export const payloadLimitBytes = 6 * 1024 * 1024;

/** The Lambda Runtime API of one sandbox. Its runtime works on one invocation at a time. */
export interface RuntimeApi {
  /** `host:port`, for `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Settles when the runtime asks for an invocation, at once if it already has. */
  asked(): Promise<void>;
  /** Settles when the runtime reports that it cannot start. */
  readonly initFailed: Promise<InvocationResult>;
  /** Gives an invocation to the runtime that has asked for one, and returns the reported result. */
  deliver(invocation: Invocation): Promise<InvocationResult>;
  close(): Promise<void>;
}

/**
 * Serves the API in the AWS Lambda Developer Guide, "Using the Lambda runtime API". It serves only a runtime with the credentials
 * of this run, because an invocation contains tokens.
 */
export async function startRuntimeApi(credentials: RunCredentials): Promise<RuntimeApi> {
  const init = Promise.withResolvers<InvocationResult>();
  let asking = Promise.withResolvers<ServerResponse>();
  let current: { requestId: string; report: (result: InvocationResult) => void } | undefined;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalAtDoor(request, credentials);
    if (refusal)
      return reply(response, refusal.status, { errorType: 'AccessDenied', errorMessage: refusal.why });
    // invocation/next, invocation/{id}/response, invocation/{id}/error, init/error
    const [subject, id, report] = (request.url ?? '').replace('/2018-06-01/runtime/', '').split('/');
    if (subject === 'invocation' && id === 'next') return asking.resolve(response);
    const body = await readBody(request, payloadLimitBytes);
    if (subject === 'init') {
      init.resolve({ functionError: 'Unhandled', payload: String(body) });
    } else if (current?.requestId === id) {
      current?.report(resultOf(report, body));
      current = undefined;
    } else {
      return reply(response, 400, { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' });
    }
    reply(response, body ? 202 : 413, { status: body ? 'OK' : 'too large' });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  // A handler may work for minutes between two requests of its runtime.
  server.keepAliveTimeout = 0;
  const port = await listenOnLoopback(server, 0);

  return {
    address: `127.0.0.1:${port}`,
    initFailed: init.promise,
    async asked() {
      await asking.promise;
    },
    async deliver(invocation) {
      const response = await asking.promise;
      asking = Promise.withResolvers();
      return new Promise((resolve) => {
        current = { requestId: invocation.requestId, report: resolve };
        response.writeHead(200, {
          'content-type': 'application/json',
          'lambda-runtime-aws-request-id': invocation.requestId,
          'lambda-runtime-deadline-ms': String(invocation.deadlineMs),
          'lambda-runtime-invoked-function-arn': invocation.functionArn,
        });
        response.end(invocation.payload);
      });
    },
    close: () => closeServer(server),
  };
}

function resultOf(report: string | undefined, body: Buffer | undefined): InvocationResult {
  if (!body) {
    return failedInvocation(
      'Function.ResponseSizeTooLarge',
      `Response payload size exceeded maximum allowed payload size (${payloadLimitBytes} bytes).`,
    );
  }
  return { payload: body.toString(), ...(report === 'error' && { functionError: 'Unhandled' as const }) };
}

function reply(response: ServerResponse, statusCode: number, body: object): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
