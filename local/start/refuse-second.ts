import { createConnection } from 'node:net';
import { findRunningSystem } from '#local/client/system-file';
import { StartError } from './start-error.ts';

/**
 * Two systems with the same data would write into each other's functions.
 *
 * @throws StartError when one is running
 */
export async function refuseSecondSystem(data: string): Promise<void> {
  const running = await findRunningSystem(data);
  // A killed system leaves its file behind, and its process id may be another's by now.
  if (running && (await isListening(running.url))) {
    throw new StartError(
      `Poolkeeper already runs here, at ${running.url} (process ${running.pid}): end it first, or start in another folder.`,
    );
  }
}

function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port) });
    const settle = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
