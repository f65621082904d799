import { createServer } from 'node:http';
import { closeServer, listenOn } from '#local/cloud/loopback-server';
import { StartError } from './start-error.ts';

/** A reserved port. A request before its use gets the answer to come again. */
export type ReservedPort = { release(): Promise<void> };

/**
 * Takes a port right away: the steps before its use take seconds, and a taken port should show at once.
 *
 * @param port 0: any free one. It is not reserved, but the address is tried.
 * @throws StartError when the port is in use, or the machine does not have the address
 */
export async function reservePort(port: number, host: string): Promise<ReservedPort> {
  const server = createServer((_request, response) => {
    response.writeHead(503, { 'retry-after': '5' }).end('starting\n');
  });
  await listenOn(server, port, host).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const isTaken = error instanceof Error && /already in use/.test(reason);
    if (!isTaken) throw new StartError(reason, { cause: error });
    const other = port < 65_535 ? port + 1 : port - 1;
    throw new StartError(`${reason}, such as --port ${other}`, { cause: error });
  });
  if (port !== 0) return { release: () => closeServer(server) };
  await closeServer(server);
  return { release: async () => {} };
}
