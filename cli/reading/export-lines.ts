import { VERSION } from '#lib/version';
import type { PoolAnswer, Routes } from '../client/routes.ts';

/** The kinds of lines of an export, in their order. */
export const kinds = ['node', 'delivery', 'remediation'] as const;
export type Kind = (typeof kinds)[number];

/** The form of the export. `replay` refuses one with a higher number. */
const FORM = 1;

export type ExportOptions = {
  /** The span of time, in ISO 8601. */
  since: string;
  until: string;
  /** Epoch milliseconds of now. */
  takenAtMs: number;
  /** Only this pool, by its name or id. */
  pool?: string | undefined;
  only?: readonly Kind[] | undefined;
  pools: readonly PoolAnswer[];
};

/** A line of an export. `at`: the time of a delivery or a remediation. */
export type ExportLine = { kind: 'export' | Kind; line: object; at?: string };

/** The export of a running system, line by line: what it is, and then nodes, deliveries and remediations, the newest first. */
export async function* exportLines(
  routes: Routes,
  { since, until, takenAtMs, pool, only = kinds, pools }: ExportOptions,
): AsyncGenerator<ExportLine> {
  const { system } = await routes.me();
  const line = {
    kind: 'export',
    form: FORM,
    since,
    until,
    takenAt: new Date(takenAtMs).toISOString(),
    system: { url: routes.url, ...system },
    version: VERSION,
    pools: pools.map(({ id, name }) => ({ id, name })),
  };
  yield { kind: 'export', line };
  for await (const { kind, entry, at } of entriesOf(routes, only, pools, { pool, since, until, limit: 100 }))
    yield { kind, line: { kind, ...entry }, ...(at !== undefined && { at }) };
}

type Entry = { kind: Kind; entry: object; at?: string };

async function* entriesOf(
  routes: Routes,
  wanted: readonly Kind[],
  pools: readonly { id: string }[],
  query: Readonly<Record<string, string | number | undefined>>,
): AsyncGenerator<Entry> {
  if (wanted.includes('node')) {
    for (const { id } of pools) {
      for await (const nodes of routes.nodes(id)) for (const entry of nodes) yield { kind: 'node', entry };
    }
  }
  if (wanted.includes('delivery')) {
    for await (const { events } of routes.events(query)) {
      for (const entry of events) yield { kind: 'delivery', entry, at: entry.at };
    }
  }
  if (wanted.includes('remediation')) {
    for await (const { remediations } of routes.remediations(query)) {
      for (const entry of remediations) yield { kind: 'remediation', entry, at: entry.createdAt };
    }
  }
}
