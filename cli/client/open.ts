import type { ConnectionFlags } from '../connection-flags.ts';
import type { Context } from '../context.ts';
import { type Connection, findConnection } from './connection.ts';
import { createRoutes, type Routes } from './routes.ts';

/** Finds the system of a command line, and opens its routes. */
export async function openRoutes(
  context: Context,
  flags: ConnectionFlags,
  signal?: AbortSignal,
): Promise<{ routes: Routes; connection: Connection }> {
  const connection = await findConnection(context, flags);
  return { routes: createRoutes(connection, signal), connection };
}
