import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { routes } from '#functions/console';
import { openConsole } from '#test/console/console-door';

/** The token of the person who asks, with every right. */
export const TOKEN = 'admin-token-of-thirty-two-characters';

type Bench = Parameters<typeof openConsole>[0];

/** A console over the ledger of a bench, at an address. `requests`: every request that it got, with its status. */
export type ServedConsole = AsyncDisposable & { url: string; requests: string[] };

export async function serveConsole(
  bench: Bench,
  { simulated = true, entries = [`ada:admin:${TOKEN}`] }: { simulated?: boolean; entries?: string[] } = {},
): Promise<ServedConsole> {
  const ask = openConsole(bench, entries, [], simulated);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '', 'http://127.0.0.1');
      const found = routeOf(`${request.method} ${url.pathname}`);
      const body = await text(request);
      const answer = await ask(found?.route ?? `${request.method} ${url.pathname}`, {
        token: tokenIn(request),
        path: found?.values ?? {},
        query: Object.fromEntries(url.searchParams),
        headers: { 'if-none-match': request.headers['if-none-match'] ?? '' },
        ...(body !== '' && { body }),
      });
      requests.push(`${request.method} ${url.pathname} ${answer.status}`);
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        ...(typeof answer.headers['etag'] === 'string' && { etag: answer.headers['etag'] }),
      });
      response.end(answer.status === 304 ? undefined : JSON.stringify(answer.body));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function tokenIn({ headers }: IncomingMessage): string | null {
  return headers.authorization?.replace('Bearer ', '') ?? null;
}

const patterns = Object.keys(routes).map((route) => ({
  route,
  pattern: new RegExp(`^${route.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

function routeOf(asked: string): { route: string; values: Record<string, string> } | undefined {
  for (const { route, pattern } of patterns) {
    const groups = pattern.exec(asked)?.groups;
    if (pattern.test(asked)) {
      const values = Object.entries(groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
      return { route, values: Object.fromEntries(values) };
    }
  }
  return undefined;
}
