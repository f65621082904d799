import { createServer } from 'node:http';
import { closeServer, listenOnLoopback } from '#local/cloud/loopback-server';
import { StartError } from './start-error.ts';

/** A reserved port. A request before its use gets the answer to come again. */
export type ReservedPort = { release(): Promise<void> };

/**
 * Takes a port on 127.0.0.1 right away: the steps before its use take seconds, and a taken port should show at once.
 *
 * @param port 0: any free one, without a reservation
 * @throws StartError when it is in use
 */
export async function reservePort(port: number): Promise<ReservedPort> {
  if (port === 0) return { release: async () => {} };
  const server = createServer((_request, response) => {
    response.writeHead(503, { 'retry-after': '5' }).end('starting\n');
  });
  await listenOnLoopback(server, port).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const other = port < 65_535 ? port + 1 : port - 1;
    throw new StartError(`${reason}: PORT=${other} npm start`);
  });
  return { release: () => closeServer(server) };
}
