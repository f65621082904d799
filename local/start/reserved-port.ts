import { createServer } from 'node:http';
import { closeServer, listenOnLoopback } from '#local/cloud/loopback-server';
import { StartError } from './start-error.ts';

/** A port that is kept from others until it is needed; whoever asks there before is told to come again. */
export type ReservedPort = { release(): Promise<void> };

/**
 * Takes a port on 127.0.0.1 right away: what comes before its use takes seconds, and a port that is taken is better known
 * at once.
 *
 * @param port 0: any free one, of which there is nothing to reserve
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
    throw new StartError(`${reason}: end what uses it, or take another one: PORT=${other} npm start`);
  });
  return { release: () => closeServer(server) };
}
