import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Behaviour = (response: ServerResponse, request: Received) => void;

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** How many connections were made to it. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A real HTTP server on this machine; its n-th request gets the n-th behaviour, and all later ones the last. */
export async function startServer(...behaviours: Behaviour[]): Promise<TestServer> {
  const received: Received[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(one);
      behaviours[Math.min(received.length, behaviours.length) - 1]?.(response, one);
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    connections: () => connections,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Answers with JSON; `undefined` is an empty body. */
export function answers(status: number, body?: unknown, headers: Record<string, string> = {}): Behaviour {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body === undefined ? '' : JSON.stringify(body));
  };
}

export const answersText =
  (status: number, text: string): Behaviour =>
  (response) => {
    response.writeHead(status);
    response.end(text);
  };

/** Takes the request and never says anything. */
export const staysSilent: Behaviour = () => undefined;

/** Takes the request and cuts the connection. */
export const hangsUp: Behaviour = (response) => {
  response.socket?.destroy();
};

/** Begins an answer and cuts the connection in the middle of it. */
export const breaksOff =
  (status: number): Behaviour =>
  (response) => {
    response.writeHead(status, { 'content-length': '1000' });
    response.write('{"job_id":', () => response.socket?.destroy());
  };
