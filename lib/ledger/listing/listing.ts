import * as z from 'zod';
import { readDocument } from '#lib/ledger/change';
import { nodeHistoryKind, nodeHistoryPartition } from '#lib/ledger/node-record';
import { parseOne, readMany, type Unreadable } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind, timeBucket } from '#lib/ledger/remediation';
import type { Document, Store, StoreQuery } from '#lib/ledger/store';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';
import { remediationStates } from '#lib/rules/state';
import { bytesInAnswer, MAX_PAGE_BYTES } from './answer-size.ts';
import { Cursor, decodeCursor, encodeCursor } from './cursor.ts';

/** What a list may be asked for. */
export const ListQuery = z.strictObject({
  /** By its name in the rules file, or its id. */
  pool: z.string().min(1).max(200).optional(),
  node: z.string().min(1).max(253).optional(),
  state: z.enum(remediationStates).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** `next` of the page before. */
  cursor: Cursor.optional(),
});
export type ListQuery = z.output<typeof ListQuery>;

/** What the ledger keeps for itself: what control flow goes by, and people read in the receipts. */
const KEPT = [
  'phase',
  'contentHash',
  'swept',
  'scheduledBy',
  'judged',
  'refusedBy',
  'putOff',
  'intendedAt',
  'answeredAt',
  'jobEndedAt',
  'acceptedCalls',
  'answers',
  'handedOver',
  'releasedBy',
  'consent',
  'resolvedAlerts',
  'noticeSentAt',
] as const satisfies readonly (keyof Remediation)[];

/** A remediation as it is shown: what the ledger keeps for itself is left out. */
export type ShownRemediation = Omit<Remediation, (typeof KEPT)[number] | 'outcomes'> & {
  nodeStates?: Remediation['outcomes'];
};

/** A page of the list. `unreadable`: what this version cannot read, and would have been on it. */
export type Page = { remediations: ShownRemediation[]; next?: string; unreadable: Unreadable[] };

/** As far back as the listing goes: the ledger keeps thirteen months. */
const MAX_MONTHS = 14;

/** How many documents are read from the table at a time. Each may have 400 KB. */
const PAGE_SIZE = 25;

/** No id is longer. */
const MAX_ID_CHARACTERS = 128;

/** How many documents are looked at for one page, however few of them the filters let through. */
const MAX_LOOKED_AT = 2_000;

/**
 * One remediation with all of its receipts, or undefined.
 *
 * @throws UnreadableDocumentError
 */
export async function showRemediation(store: Store, id: string): Promise<ShownRemediation | undefined> {
  if (id.length > MAX_ID_CHARACTERS) return undefined;
  const remediation = await readDocument(store, remediationKind, remediationKey(id));
  return remediation && show(remediation);
}

/**
 * The remediations that match, newest first: by when they were accepted, or, where only a state is asked for, by when they
 * came into it. `next` is there when there may be more; a page can be shorter than its limit, or empty, and still have one.
 * What cannot be read is named beside the others.
 *
 * @param now epoch milliseconds, where the list begins.
 */
export async function listRemediations(
  store: Store,
  rules: Rules,
  query: ListQuery,
  now: number,
): Promise<Page> {
  const { state, limit } = query;
  const pool = query.pool && (poolOf(rules, query.pool)?.id ?? query.pool);
  const page: Page = { remediations: [], unreadable: [] };
  let last = query.cursor && decodeCursor(query.cursor);
  let lookedAt = 0;
  let bytes = 0;

  for await (const { key, read: found } of candidates(store, { ...query, pool }, last, now)) {
    lookedAt += 1;
    if (!('value' in found)) {
      page.unreadable.push(found);
    } else if ((!state || found.value.state === state) && (!pool || found.value.pool === pool)) {
      const shown = show(found.value);
      bytes += bytesInAnswer(shown);
      if (bytes > MAX_PAGE_BYTES && last !== undefined && page.remediations.length > 0)
        return { ...page, next: encodeCursor(last) };
      page.remediations.push(shown);
    }
    last = key;
    if (page.remediations.length === limit || lookedAt === MAX_LOOKED_AT)
      return { ...page, next: encodeCursor(last) };
  }
  return page;
}

/** What an index leads to. `key`: its sort key there, which is also the cursor. */
type Candidate = { read: { value: Remediation } | Unreadable; key: string };

/** The remediations that the narrowest index gives for a query. */
async function* candidates(
  store: Store,
  { node, pool, state }: Pick<ListQuery, 'node' | 'pool' | 'state'>,
  before: string | undefined,
  now: number,
): AsyncGenerator<Candidate> {
  if (node !== undefined) {
    for await (const page of pages(store, { partition: nodeHistoryPartition(node) }, before)) {
      yield* ofHistory(store, page);
    }
    return;
  }
  const sources: { query: Pick<StoreQuery, 'index' | 'partition'>; sortKey: string }[] = pool
    ? [{ query: { index: 'by-pool', partition: pool }, sortKey: 'timeKey' }]
    : state
      ? [{ query: { index: 'by-state', partition: state }, sortKey: 'stateKey' }]
      : months(now).map((partition) => ({ query: { index: 'by-time', partition }, sortKey: 'timeKey' }));
  for (const { query, sortKey } of sources) {
    for await (const page of pages(store, query, before, sortKey)) {
      for (const document of page)
        yield { read: parseOne(remediationKind, document), key: String(document[sortKey]) };
    }
  }
}

/** The remediations to which entries of a node's history point. */
async function* ofHistory(store: Store, entries: readonly Document[]): AsyncGenerator<Candidate> {
  const lines = entries.map((entry) => ({ key: entry.sk, entry: parseOne(nodeHistoryKind, entry) }));
  const keys = lines.flatMap(({ entry }) =>
    'value' in entry ? [remediationKey(entry.value.remediation)] : [],
  );
  const { values, unreadable } = await readMany(store, remediationKind, keys);
  const found = new Map<string, Candidate['read']>([
    ...values.map((value) => [value.id, { value }] as const),
    ...unreadable.map((one) => [one.document.pk.slice(remediationKey('').pk.length), one] as const),
  ]);
  for (const { key, entry } of lines) {
    const one = 'value' in entry ? found.get(entry.value.remediation) : entry;
    if (one) yield { read: one, key };
  }
}

/** A query's documents page by page. */
async function* pages(
  store: Store,
  query: Pick<StoreQuery, 'index' | 'partition'>,
  start: string | undefined,
  sortKey = 'sk',
): AsyncGenerator<Document[]> {
  let before = start;
  for (;;) {
    const page = await store.query({ ...query, ...(before !== undefined && { before }), limit: PAGE_SIZE });
    if (page.length > 0) yield page;
    if (page.length < PAGE_SIZE) return;
    before = String(page.at(-1)?.[sortKey]);
  }
}

/** The listing's partitions from the current month back. */
function months(now: number): string[] {
  const from = new Date(now);
  return Array.from({ length: MAX_MONTHS }, (_, back) =>
    timeBucket(new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() - back, 1)).toISOString()),
  );
}

/** A remediation without what the ledger keeps for itself. An address that has been looked up is shown as its node's name. */
function show(found: Remediation): ShownRemediation {
  const { outcomes, nodes, ...remediation } = without(found, KEPT);
  const names = Object.keys(outcomes);
  return {
    ...remediation,
    ...(nodes && { nodes: names.length > 0 ? names : nodes }),
    ...(names.length > 0 && { nodeStates: outcomes }),
  };
}

function without<Value extends object, Key extends keyof Value>(
  value: Value,
  keys: readonly Key[],
): Omit<Value, Key> {
  const { ...left } = value;
  for (const key of keys) delete left[key];
  return left;
}
