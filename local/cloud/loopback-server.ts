import type { IncomingMessage, Server } from 'node:http';
import { LOOPBACK } from './listen-address.ts';

/**
 * Listens on 127.0.0.1 only, because every program that can reach these servers can command them.
 *
 * @param port 0 for any free one
 * @returns the port in use
 * @throws Error if the port is already in use, with its number
 */
export function listenOnLoopback(server: Server, port: number): Promise<number> {
  return listenOn(server, port, LOOPBACK);
}

/**
 * Listens on an address of this machine.
 *
 * @param port 0 for any free one
 * @returns the port in use
 * @throws Error if the port is already in use, or the machine does not have the address
 */
export function listenOn(server: Server, port: number, host: string): Promise<number> {
  limitSlowSenders(server);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = whyNot(error, port, host);
      reject(why === undefined ? error : new Error(why, { cause: error }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function whyNot({ code }: NodeJS.ErrnoException, port: number, host: string): string | undefined {
  if (code === 'EADDRINUSE')
    return `Port ${port} is already in use: stop the program that uses it, or choose another port`;
  if (code === 'EADDRNOTAVAIL')
    return `This machine does not have the address ${host}: give --host (HOST) one of its addresses`;
  return code === 'EACCES'
    ? `This user may not listen on port ${port}: choose a port from 1024 on, and put a proxy before it`
    : undefined;
}

/** Stops listening and cuts the connections that are open. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The longest time that a sender may take for its headers, and for its whole request. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;

/** Cuts senders off that take too long over a request, so that they do not hold connections. */
export function limitSlowSenders(server: Pick<Server, 'headersTimeout' | 'requestTimeout'>): void {
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
}

/**
 * Whether a web page in a browser of this machine has sent a request. A browser adds the origin of the page, or its relation to the
 * address; other programs send neither. `none`: a person has typed the address.
 */
export function isFromWebPage({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const site = headers['sec-fetch-site'];
  return headers.origin !== undefined || (site !== undefined && site !== 'none');
}

/**
 * Whether a page of another site has sent a request. A link from another site to a page of this one is a request of a person.
 */
export function isFromOtherSite({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  const { origin, host } = headers;
  if (origin !== undefined && URL.parse(origin)?.host !== host?.toLowerCase()) return true;
  const site = headers['sec-fetch-site'];
  const isLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  return (site === 'cross-site' || site === 'same-site') && !isLink;
}

/** The complete body; undefined if it is longer than `limitBytes`. It reads and drops the bytes beyond the limit. */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limitBytes) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
