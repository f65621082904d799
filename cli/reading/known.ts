import type { ReceivedEvent } from '#lib/journal/list-events';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { findIfKnown } from '../client/find-remediation.ts';
import type { NodeAnswer, PoolAnswer, Routes } from '../client/routes.ts';

/** A span of time. Epoch milliseconds. */
export type Span = { fromMs: number; toMs: number };

/** Everything that the system knows of the thing that a person asks about. */
export type Known = {
  asked: string;
  /** Its kind, as far as the system knows it. */
  kind: 'node' | 'alert' | 'remediation' | 'unknown';
  node?: NodeAnswer;
  remediation?: ShownRemediation;
  /** The remediations for the node or from the alert, the newest first. */
  remediations: ShownRemediation[];
  /** The deliveries that name it, the newest first, each with the alerts that do. */
  events: ReceivedEvent[];
  /** The last delivery before the span. */
  before?: ReceivedEvent;
  pools: PoolAnswer[];
};

const FINGERPRINT = /^[0-9a-f]{16}$/i;
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:]+)$/i;
/** The most entries of each list that are read. */
const MOST = 200;

/**
 * Asks the system about a node, an address, an alert's fingerprint or the id of a remediation. It finds the alerts about a node under its name
 * and under its address, because a sender may use either.
 *
 * @param span only that time; undefined: the last 30 days
 * @throws RequestError, or CommandError for the beginning of several ids
 */
export async function readKnown(routes: Routes, asked: string, span: Span | undefined): Promise<Known> {
  const isAddress = ADDRESS.test(asked);
  const [pools, node, remediation] = await Promise.all([
    routes.pools(),
    routes.node(asked),
    isAddress ? undefined : findIfKnown(routes, asked),
  ]);
  const names = new Set([
    asked,
    ...(node ? [node.node, ...(node.address === undefined ? [] : [node.address])] : []),
  ]);
  const fingerprints = FINGERPRINT.test(asked)
    ? [asked]
    : (remediation?.alerts.map(({ fingerprint }) => fingerprint) ?? []);
  const queries = [
    ...(remediation ? [] : [...names].map((name) => ({ node: name }))),
    ...fingerprints.map((fingerprint) => ({ fingerprint })),
  ];
  const [events, before, ofNode] = await Promise.all([
    deliveries(routes, queries, span),
    span && lastBefore(routes, queries, span),
    remediation ? [remediation] : remediationsOf(routes, node?.node ?? asked),
  ]);
  const fromAlerts = await named(routes, events, [...ofNode]);
  const kind = remediation
    ? 'remediation'
    : node || isAddress
      ? 'node'
      : FINGERPRINT.test(asked)
        ? 'alert'
        : 'unknown';
  return {
    asked,
    kind: kind === 'unknown' && (ofNode.length > 0 || events.length > 0) ? 'node' : kind,
    ...(node && { node }),
    ...(remediation && { remediation }),
    remediations: [...ofNode, ...fromAlerts],
    events,
    ...(before && { before }),
    pools,
  };
}

async function remediationsOf(routes: Routes, node: string): Promise<ShownRemediation[]> {
  const found: ShownRemediation[] = [];
  for await (const { remediations } of routes.remediations({ node, limit: 100 })) {
    found.push(...remediations);
    if (found.length >= MOST) break;
  }
  return found;
}

/** The remediations that the alerts name and that the list does not have: those for an address that was not resolved yet. */
async function named(
  routes: Routes,
  events: readonly ReceivedEvent[],
  known: readonly ShownRemediation[],
): Promise<ShownRemediation[]> {
  const ids = new Set(events.flatMap(({ alerts }) => alerts.flatMap(({ remediation }) => remediation ?? [])));
  for (const { id } of known) ids.delete(id);
  const found = await Promise.all([...ids].slice(0, 20).map((id) => routes.remediation(id)));
  return found.filter((one) => one !== undefined);
}

type EventQuery = { node: string } | { fingerprint: string };

async function deliveries(
  routes: Routes,
  queries: readonly EventQuery[],
  span: Span | undefined,
): Promise<ReceivedEvent[]> {
  const bounds = span && {
    since: new Date(span.fromMs).toISOString(),
    until: new Date(span.toMs).toISOString(),
  };
  const found = new Map<string, ReceivedEvent>();
  for (const query of queries) {
    let count = 0;
    for await (const { events } of routes.events({ ...query, ...bounds, limit: 100 })) {
      for (const event of events) found.set(`${event.delivery} ${event.alerts[0]?.alert ?? ''}`, event);
      count += events.length;
      if (count >= MOST) break;
    }
  }
  return [...found.values()].toSorted((a, b) => (a.at < b.at ? 1 : -1));
}

async function lastBefore(
  routes: Routes,
  queries: readonly EventQuery[],
  { fromMs }: Span,
): Promise<ReceivedEvent | undefined> {
  const until = new Date(fromMs).toISOString();
  const found = await Promise.all(
    queries.map(async (query) => {
      for await (const { events } of routes.events({ ...query, until, limit: 1 })) {
        const [event] = events;
        if (event) return event;
      }
      return undefined;
    }),
  );
  return found.filter((event) => event !== undefined).toSorted((a, b) => (a.at < b.at ? 1 : -1))[0];
}
