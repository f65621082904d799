import * as z from 'zod';
import { inTurn } from '#lib/concurrency';
import { nodeHistoryKind, nodeHistoryPartition } from '#lib/ledger/node-record';
import { parseOne, readMany, type Unreadable } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind, timeBucket } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';
import { remediationStates } from '#lib/rules/state';
import { bytesInAnswer, MAX_PAGE_BYTES } from './answer-size.ts';
import { Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import { type Found, pagesOf } from './found.ts';
import { type ShownRemediation, show } from './shown.ts';

/** The filters of a list. */
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

/** A page of the list. `unreadable`: the documents of this page that this version cannot read. */
export type Page = { remediations: ShownRemediation[]; next?: string; unreadable: Unreadable[] };

/** The ledger keeps thirteen months, so no list goes back further. */
const MAX_MONTHS = 14;

/** How many documents are read from the table at a time. Each may have 400 KB. */
const PAGE_SIZE = 25;

/** The most documents that are read for one page, even if few of them pass the filters. */
const MAX_LOOKED_AT = 2_000;

/** The number of remediations whose receipts are read at the same time. */
const SHOWN_AT_ONCE = 10;

/**
 * The remediations that match, newest first: by the time of their acceptance, or, if the query names only a state, by the time of
 * their entry into it. `next` is present if there may be more. Even a page that is shorter than its limit, or empty, can have one.
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
  const { state, limit } = query;
  const pool = query.pool && (poolOf(rules, query.pool)?.id ?? query.pool);
  const page: Page = { remediations: [], unreadable: [] };
  let last = query.cursor && decodeCursor(query.cursor);
  let lookedAt = 0;
  let bytes = 0;

  for await (const found of candidates(store, { ...query, pool }, last, now)) {
    const matching = found.flatMap(({ key, read }) =>
      'value' in read && (!state || read.value.state === state) && (!pool || read.value.pool === pool)
        ? [{ key, value: read.value }]
        : [],
    );
    const wanted = matching.slice(0, limit - page.remediations.length);
    const shown = new Map(
      await inTurn(wanted, SHOWN_AT_ONCE, async ({ key, value }) => [key, await show(store, value)] as const),
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

/** One entry of a list. `key`: its place in the list, which is also the cursor. */
type Candidate = { read: { value: Remediation } | Unreadable; key: string };

/** The remediations that the narrowest index gives for a query, page by page. */
async function* candidates(
  store: Store,
  { node, pool, state }: Pick<ListQuery, 'node' | 'pool' | 'state'>,
  before: string | undefined,
  now: number,
): AsyncGenerator<Candidate[]> {
  const from = before === undefined ? {} : { before };
  if (node !== undefined) {
    const history = { partition: nodeHistoryPartition(node), ...from };
    for await (const page of pagesOf(store, history, PAGE_SIZE)) yield ofHistory(store, page);
    return;
  }
  const sources: { index: 'by-pool' | 'by-state' | 'by-time'; partition: string }[] = pool
    ? [{ index: 'by-pool', partition: pool }]
    : state
      ? [{ index: 'by-state', partition: state }]
      : months(now).map((partition) => ({ index: 'by-time', partition }));
  for (const source of sources) {
    for await (const page of pagesOf(store, { ...source, ...from }, PAGE_SIZE)) {
      yield page.map(({ document, sortKey }) => ({
        read: parseOne(remediationKind, document),
        key: sortKey,
      }));
    }
  }
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

/** The listing's partitions from the current month back. */
function months(now: number): string[] {
  const from = new Date(now);
  return Array.from({ length: MAX_MONTHS }, (_, back) =>
    timeBucket(new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() - back, 1)).toISOString()),
  );
}
