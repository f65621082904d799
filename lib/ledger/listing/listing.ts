import type { Clock } from '#lib/clock';
import { inTurn } from '#lib/concurrency';
import { nodeHistoryKind, nodeHistoryPartition } from '#lib/ledger/node-record';
import { parseOne, readMany, type Unreadable } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind, timeBucket } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';
import { bytesInAnswer, MAX_PAGE_BYTES } from './answer-size.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { type Found, pagesOf } from './found.ts';
import { type ListFilter, type ListQuery, passes } from './query.ts';
import { type ShownRemediation, show, shownState } from './shown.ts';

/** A page of the list. `unreadable`: the documents of this page that this version cannot read. */
export type Page = { remediations: ShownRemediation[]; next?: string; unreadable: Unreadable[] };

/** The ledger keeps thirteen months, so no list goes back further. */
const MAX_MONTHS = 14;

/** How many documents are read from the table at a time. Each may have 400 KB. */
const PAGE_SIZE = 25;

/** The same for readers of small documents: as many as one request gives. */
const BATCH_SIZE = 100;

/** The most documents that are read for one page, even if few of them pass the filters. */
const MAX_LOOKED_AT = 2_000;

/** The number of remediations whose receipts are read at the same time. */
const SHOWN_AT_ONCE = 10;

/**
 * The remediations that match, newest first: by the time of their acceptance, or, if the query names only one state, by the time
 * of their entry into it. `next` is present if there may be more. Even a page that is shorter than its limit, or empty, can have one.
 * Unreadable documents are listed separately.
 *
 * @param now epoch milliseconds, where the list begins.
 */
export async function listRemediations(
  store: Store,
  rules: Rules,
  query: ListQuery,
  now: number,
): Promise<Page> {
  const { limit } = query;
  const pool = query.pool && (poolOf(rules, query.pool)?.id ?? query.pool);
  const filter = { ...query, pool };
  const page: Page = { remediations: [], unreadable: [] };
  const shownAs = async (found: Remediation): Promise<ShownRemediation> =>
    query.receipts === 'all' ? show(store, found) : { ...shownState(found), receipts: [] };
  let last = query.cursor && decodeCursor(query.cursor);
  let lookedAt = 0;
  let bytes = 0;

  for await (const found of candidates(store, filter, last, now)) {
    const matching = found.flatMap(({ key, read }) =>
      'value' in read && passes(read.value, filter) ? [{ key, value: read.value }] : [],
    );
    const wanted = matching.slice(0, limit - page.remediations.length);
    const shown = new Map(
      await inTurn(wanted, SHOWN_AT_ONCE, async ({ key, value }) => [key, await shownAs(value)] as const),
    );
    for (const { key, read } of found) {
      lookedAt += 1;
      if (!('value' in read)) page.unreadable.push(read);
      const one = shown.get(key);
      bytes += one ? bytesInAnswer(one) : 0;
      if (one && bytes > MAX_PAGE_BYTES && last !== undefined && page.remediations.length > 0)
        return { ...page, next: encodeCursor(last) };
      if (one) page.remediations.push(one);
      last = key;
      if (page.remediations.length === limit || lookedAt === MAX_LOOKED_AT)
        return { ...page, next: encodeCursor(last) };
    }
  }
  return page;
}

/** Beyond this number, or this time, a reading of all matches ends early. */
const MAX_MATCHES = 20_000;
const MAX_READING_MS = 5_000;

/**
 * All remediations of a period, newest first, without their receipts. It ends early at 20,000 of them, or after five seconds:
 * `readTo` is then the acceptance of the oldest one. Unreadable documents are listed separately.
 */
export async function remediationsOf(
  store: Store,
  period: { pool?: string | undefined; since: string; until?: string | undefined },
  clock: Clock,
  most = MAX_MATCHES,
): Promise<{ remediations: Remediation[]; readTo?: string; unreadable: Unreadable[] }> {
  const startedAt = clock.now();
  const remediations: Remediation[] = [];
  const unreadable: Unreadable[] = [];
  for await (const found of candidates(store, period, undefined, startedAt, BATCH_SIZE)) {
    for (const { read } of found) {
      if (!('value' in read)) unreadable.push(read);
      else if (passes(read.value, period)) remediations.push(read.value);
    }
    const isTooMuch = remediations.length >= most || clock.now() - startedAt >= MAX_READING_MS;
    const oldest = remediations.at(-1)?.createdAt;
    if (isTooMuch && oldest !== undefined) return { remediations, readTo: oldest, unreadable };
  }
  return { remediations, unreadable };
}

/** The filters that choose an index. */
type Sought = ListFilter & Pick<ListQuery, 'node'>;

/** One entry of a list. `key`: its place in the list, which is also the cursor. */
type Candidate = { read: { value: Remediation } | Unreadable; key: string };

/** The remediations that the narrowest index gives for a query, page by page. `before`: the last entry of the page before. */
async function* candidates(
  store: Store,
  query: Sought,
  before: string | undefined,
  now: number,
  pageSize = PAGE_SIZE,
): AsyncGenerator<Candidate[]> {
  for (const source of sourcesOf(query, now)) {
    const { isByAcceptance, node, ...place } = source;
    const start = before ?? (isByAcceptance ? startOf(query) : undefined);
    const asked = { ...place, ...(start !== undefined && { before: start }) };
    for await (const page of pagesOf(store, asked, pageSize)) {
      const found = isByAcceptance ? page.filter(({ sortKey }) => !isBefore(sortKey, query.since)) : page;
      yield node ? await ofHistory(store, found) : found.map(candidateOf);
      if (found.length < page.length) return;
    }
  }
}

/** A partition that has all matches. `isByAcceptance`: its order is the time of acceptance. `node`: it is a node's history. */
type Source = {
  index?: 'by-pool' | 'by-state' | 'by-time';
  partition: string;
  isByAcceptance: boolean;
  node: boolean;
};

function sourcesOf(query: Sought, now: number): Source[] {
  const { node, pool, state, since, until } = query;
  const byAcceptance = { isByAcceptance: true, node: false };
  if (node !== undefined)
    return [{ partition: nodeHistoryPartition(node), isByAcceptance: true, node: true }];
  if (pool !== undefined) return [{ index: 'by-pool', partition: pool, ...byAcceptance }];
  const [only, ...others] = state ?? [];
  if (only !== undefined && others.length === 0 && since === undefined && until === undefined) {
    return [{ index: 'by-state', partition: only, isByAcceptance: false, node: false }];
  }
  const newest = Math.min(now, until === undefined ? now : Date.parse(until));
  return months(newest, since).map((partition) => ({ index: 'by-time', partition, ...byAcceptance }));
}

/** The place in an order of acceptance behind the last match. `~` sorts behind every id of the same millisecond. */
function startOf({ until }: Pick<ListQuery, 'until'>): string | undefined {
  return until === undefined ? undefined : `${new Date(Date.parse(until)).toISOString()}#~`;
}

function isBefore(sortKey: string, since: string | undefined): boolean {
  return since !== undefined && sortKey < new Date(Date.parse(since)).toISOString();
}

function candidateOf({ document, sortKey }: Found): Candidate {
  return { read: parseOne(remediationKind, document), key: sortKey };
}

/** The remediations to which entries of a node's history point. */
async function ofHistory(store: Store, entries: readonly Found[]): Promise<Candidate[]> {
  const lines = entries.map(({ document, sortKey }) => ({
    key: sortKey,
    entry: parseOne(nodeHistoryKind, document),
  }));
  const keys = lines.flatMap(({ entry }) =>
    'value' in entry ? [remediationKey(entry.value.remediation)] : [],
  );
  const { values, unreadable } = await readMany(store, remediationKind, keys);
  const found = new Map<string, Candidate['read']>([
    ...values.map((value) => [value.id, { value }] as const),
    ...unreadable.map((one) => [one.document.pk.slice(remediationKey('').pk.length), one] as const),
  ]);
  return lines.flatMap(({ key, entry }) => {
    const read = 'value' in entry ? found.get(entry.value.remediation) : entry;
    return read ? [{ read, key }] : [];
  });
}

/** The partitions of the months from one time back to another, at most as far as the ledger keeps them. Epoch milliseconds. */
function months(newest: number, since: string | undefined): string[] {
  const from = new Date(newest);
  const oldest = since === undefined ? '' : timeBucket(new Date(Date.parse(since)).toISOString());
  return Array.from({ length: MAX_MONTHS }, (_, back) =>
    timeBucket(new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() - back, 1)).toISOString()),
  ).filter((bucket) => bucket >= oldest);
}
