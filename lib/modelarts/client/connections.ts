import { type buildConnector, type Dispatcher, Pool } from 'undici';

/** Hands over a new connection. */
export type Connect = buildConnector.connector;

export interface Connections {
  for(method: string): Pick<Dispatcher, 'dispatch'>;
  close(): Promise<void>;
}

/**
 * The client's connections to one origin. Reads keep theirs alive. Every write gets a new one: the server may have
 * silently closed an idle connection, or the function may have been frozen since. A write on such a connection would
 * break with an unknown effect.
 *
 * @param connect replaces the network: it makes each connection
 */
export function openConnections(origin: string, connect?: Connect): Connections {
  // HTTP/2 would only cost start-up time here.
  const options = { allowH2: false, ...(connect && { connect }) };
  const reads = new Pool(origin, options);
  const writes = new Pool(origin, { ...options, maxRequestsPerClient: 1 });
  return {
    for: (method) => (method === 'GET' ? reads : writes),
    close: async () => {
      await Promise.all([reads.close(), writes.close()]);
    },
  };
}

/** Uses the given dispatcher for everything, and leaves it open. */
export function borrowConnections(dispatcher: Pick<Dispatcher, 'dispatch'>): Connections {
  return { for: () => dispatcher, close: () => Promise.resolve() };
}
