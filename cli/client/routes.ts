import * as z from 'zod';
import type { ShownCaller } from '#lib/console/caller';
import type { ShownNode } from '#lib/console/pools/shown-node';
import type { ShownPool } from '#lib/console/pools/shown-pool';
import type { nodeView } from '#lib/console/pools/views';
import type { ShownDeadLetter } from '#lib/dead-letters/list-letters';
import type { Redriven } from '#lib/dead-letters/redrive-letter';
import { isRecord } from '#lib/is-record';
import type { ReceivedEvent } from '#lib/journal/list-events';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { type Changed, RequestError, requestIfChanged, requestJson } from '#local/client/http-json';
import type { Connection } from './connection.ts';

/** A pool that this version of the system cannot read says only so. */
export type PoolAnswer = ShownPool | { id: string; name: string; unreadable: string };
export type NodeAnswer = Awaited<ReturnType<typeof nodeView>>;
export type RemediationsPage = { remediations: ShownRemediation[]; next?: string; unreadable?: string[] };
type EventsPage = { events: ReceivedEvent[]; next?: string; unreadable?: string[] };
export type DeadLettersPage = {
  deadLetters: ShownDeadLetter[];
  next?: string;
  more?: string[];
  hidden?: number;
};

/** The parameters of a request. Undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/**
 * The routes of a running system for people (docs/reference/api.md). Every function throws a RequestError. A list is read page by page, the newest
 * entries first.
 */
export interface Routes {
  readonly url: string;
  me(): Promise<ShownCaller>;
  /** All pools. */
  pools(): Promise<PoolAnswer[]>;
  nodes(pool: string): AsyncGenerator<ShownNode[]>;
  /** A node by its name or private address. Undefined: the system does not know it, or several nodes have the address. */
  node(name: string): Promise<NodeAnswer | undefined>;
  /** Undefined: there is no remediation with this id. */
  remediation(id: string): Promise<ShownRemediation | undefined>;
  remediations(query: Query): AsyncGenerator<RemediationsPage>;
  /** One page. Undefined: it is the one with this tag. */
  remediationsIfChanged(
    query: Query,
    tag: string | undefined,
  ): Promise<Changed<RemediationsPage> | undefined>;
  events(query: Query): AsyncGenerator<EventsPage>;
  deadLetters(): Promise<DeadLettersPage>;
  /** Decides about a remediation. */
  decide(
    id: string,
    verb: 'approve' | 'reject' | 'release' | 'withdraw',
    body: object,
  ): Promise<ShownRemediation>;
  redrive(id: string, body: object): Promise<Redriven>;
}

/** An answer of the system. Its fields are trusted as docs/reference/api.md documents them. */
function answer<Content>() {
  return z.custom<Content>(isRecord, 'the answer is no JSON object');
}

function one(list: string, name: string): string {
  return `${list}/${encodeURIComponent(name)}`;
}

export function createRoutes({ url, consoleToken: token }: Connection, signal?: AbortSignal): Routes {
  const common = { token, ...(signal && { signal }) };
  const addressOf = (route: string, query: Query = {}): string => {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) given.set(name, String(value));
    return `${url}${route}${given.size === 0 ? '' : `?${given.toString()}`}`;
  };
  const read = <Content>(route: string, query?: Query): Promise<Content> =>
    requestJson(answer<Content>(), { method: 'GET', url: addressOf(route, query), ...common });
  const write = <Content>(route: string, body: object): Promise<Content> =>
    requestJson(answer<Content>(), { method: 'POST', url: addressOf(route), body, ...common });

  /** A request for one resource. */
  async function find<Content>(route: string, ...absent: number[]): Promise<Content | undefined> {
    try {
      return await read<Content>(route);
    } catch (error) {
      if (error instanceof RequestError && absent.includes(error.status ?? 0)) return undefined;
      throw error;
    }
  }

  async function* pagesOf<Page extends { next?: string }>(route: string, query: Query): AsyncGenerator<Page> {
    let cursor: string | undefined;
    do {
      const page: Page = await read<Page>(route, { ...query, cursor });
      yield page;
      cursor = page.next;
    } while (cursor !== undefined);
  }

  return {
    url,
    me: () => read('/me'),
    async pools() {
      const all: PoolAnswer[] = [];
      for await (const { pools } of pagesOf<{ pools: PoolAnswer[]; next?: string }>('/pools', {
        limit: 100,
      })) {
        all.push(...pools);
      }
      return all;
    },
    async *nodes(pool) {
      const route = `${one('/pools', pool)}/nodes`;
      for await (const { nodes } of pagesOf<{ nodes: ShownNode[]; next?: string }>(route, { limit: 1000 })) {
        yield nodes;
      }
    },
    node: (name) => find(one('/nodes', name), 404, 409),
    remediation: (id) => find(one('/remediations', id), 404),
    remediations: (query) => pagesOf('/remediations', query),
    remediationsIfChanged: (query, tag) =>
      requestIfChanged(
        answer<RemediationsPage>(),
        { method: 'GET', url: addressOf('/remediations', query), ...common },
        tag,
      ),
    events: (query) => pagesOf('/events', query),
    deadLetters: () => read('/dead-letters', { limit: 100 }),
    decide: (id, verb, body) => write(`${one('/remediations', id)}/${verb}`, body),
    redrive: (id, body) => write(`${one('/dead-letters', id)}/redrive`, body),
  };
}
