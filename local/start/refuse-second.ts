import { createConnection } from 'node:net';
import { findRunningSystem } from '#local/client/system-file';
import { StartError } from './start-error.ts';

/**
 * Two systems of one checkout would build into each other's functions.
 *
 * @throws StartError when one is running
 */
export async function refuseSecondSystem(root: string): Promise<void> {
  const running = await findRunningSystem(root);
  // A killed system leaves its file behind, and its process id may be another's by now.
  if (running && (await isListening(running.url))) {
    throw new StartError(
      `Poolkeeper already runs from this checkout, at ${running.url} (process ${running.pid}): end it first, or start from another checkout.`,
    );
  }
}

function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port) });
    const settle = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
