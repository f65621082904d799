import { isRecord } from '#lib/is-record';
import { readAnswer } from '#lib/modelarts/client/answer';
import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client/client';
import type { Endpoint, InputOf } from '#lib/modelarts/client/endpoint';
import { buildRequest, type CallInput, type Target } from '#lib/modelarts/client/request';
import type { SimulatedApi } from './api.ts';
import type { Process } from './engine/process.ts';

/** The replies to readings of a world that has not changed, and each entry of a list of nodes that has not. */
export type RememberedReadings = {
  /** A client that reads what has changed, and has the rest from before. It makes every other call as `client` does. */
  clientOf(process: Process, client: ModelArtsClient): ModelArtsClient;
};

type Remembered = { endpoint: string; reply: unknown };

/** Whether a remembered reply is one of this endpoint: its name says so. */
function isOf<Reply>(
  known: Remembered,
  endpoint: Pick<Endpoint<string, unknown, unknown, Reply>, 'name' | 'reply'>,
): known is Remembered & { reply: Reply } {
  return known.endpoint === endpoint.name;
}

/**
 * A month of replay reads the nodes of a pool some ten thousand times, and mostly they are the same. The readers of the product change
 * no reply, so one object may serve them all.
 */
export function rememberReadings(api: SimulatedApi, target: Target): RememberedReadings {
  /** The replies in the present version of the world. A reading may name a time, so those of all versions would have no end. */
  const replies = new Map<string, Remembered>();
  let version = '';
  const entries = new WeakMap<object, unknown>();

  /** The same for a list of nodes: it reads only the entries that are new. The simulator shows an unchanged node by the same object. */
  function nodesReply<Reply>(
    endpoint: Pick<Endpoint<string, unknown, unknown, Reply>, 'reply' | 'isAbout'>,
    path: Readonly<Record<string, string>>,
    body: unknown,
  ): Reply | undefined {
    const items: unknown[] = isRecord(body) && Array.isArray(body['items']) ? body['items'] : [];
    if (!items.every(isRecord)) return replyTo(endpoint, path, body);
    const fresh = items.filter((item) => !entries.has(item));
    const reply = replyTo(endpoint, path, { ...Object(body), items: fresh });
    if (!isRecord(reply) || !Array.isArray(reply['nodes']) || reply['nodes'].length !== fresh.length)
      return replyTo(endpoint, path, body);
    for (const [index, item] of fresh.entries()) entries.set(item, reply['nodes'][index]);
    return Object.assign(reply, { nodes: items.map((item) => entries.get(item)) });
  }

  function clientOf(process: Process, client: ModelArtsClient): ModelArtsClient {
    async function send<Path extends string, Query, Body, Reply>(
      endpoint: Endpoint<Path, Query, Body, Reply>,
      input: InputOf<Path, NoInfer<Query>, NoInfer<Body>>,
      options?: SendOptions,
    ): Promise<Reply> {
      const asked: CallInput = input;
      const built = endpoint.method === 'GET' ? buildRequest(endpoint, asked, target) : undefined;
      if (!built?.ok) return client.send(endpoint, input, options);
      const { pathname, search } = built.request.url;
      const found = await process.run({
        label: `GET ${pathname}`,
        takesMs: [4, 45],
        effect: () => readNow(endpoint, asked.path ?? {}, `${pathname}${search}`),
      });
      return found === undefined ? client.send(endpoint, input, options) : found;
    }
    return { send, close: () => client.close() };
  }

  function readNow<Reply>(
    endpoint: Pick<Endpoint<string, unknown, unknown, Reply>, 'name' | 'reply' | 'isAbout'>,
    path: Readonly<Record<string, string>>,
    at: string,
  ): Reply | undefined {
    if (version !== api.version()) replies.clear();
    version = api.version();
    const known = replies.get(at);
    if (known && isOf(known, endpoint)) return known.reply;
    const body = api.read(at);
    if (body === undefined) return undefined;
    const reply =
      endpoint.name === 'listPoolNodes' ? nodesReply(endpoint, path, body) : replyTo(endpoint, path, body);
    if (reply !== undefined) replies.set(at, { endpoint: endpoint.name, reply });
    return reply;
  }

  return { clientOf };
}

/** The reply of an endpoint, read as the client reads it; undefined if it is no right answer. */
function replyTo<Reply>(
  endpoint: Pick<Endpoint<string, unknown, unknown, Reply>, 'reply' | 'isAbout'>,
  path: Readonly<Record<string, string>>,
  body: unknown,
): Reply | undefined {
  const answer = {
    kind: 'answer',
    status: 200,
    headers: {},
    body: JSON.stringify(body),
    complete: true,
  } as const;
  const read = readAnswer(answer, endpoint, path, 0);
  return read.ok ? read.reply : undefined;
}
