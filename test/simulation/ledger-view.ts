import type { Document } from '#lib/ledger/store';
import type { Table, Write } from '#local/rehearsal/cloud/table';
import { isOfReceipts, joinedDocuments } from '../ledger/joined.ts';
import type { Run } from './run.ts';

/** A document of the ledger as it stood at a time. */
export function documentAt(run: Run, pk: string, atMs: number): any {
  return writesOf(run, pk).findLast((write) => write.atMs <= atMs)?.document['value'];
}

/** The hold of a node, disruptive or not, as it stood at a time. */
export function holdAt(run: Run, pool: string, node: string, atMs: number): any {
  return documentAt(run, `pool#${pool}`, atMs)?.holds[node];
}

/** The remembered tags of a node lie beside its history. */
const TAGS = 'tags';

const byPartition = new WeakMap<Run, Map<string, Write[]>>();

/** Every write of one document, oldest first. The tags of a node are no document of their own here. */
export function writesOf(run: Run, pk: string): readonly Write[] {
  let known = byPartition.get(run);
  if (!known) {
    known = Map.groupBy(
      run.writes.filter(({ document }) => document.sk !== TAGS),
      ({ document }) => document.pk,
    );
    byPartition.set(run, known);
  }
  return known.get(pk) ?? [];
}

/** The last state of every document whose partition begins so, without spoilt ones. */
export function valuesOf({ table }: Run, prefix: string): any[] {
  return table
    .documents()
    .filter(({ pk, sk, value }) => pk.startsWith(prefix) && sk !== TAGS && !isSpoiltValue(value))
    .map(({ value }) => value);
}

/** Whether a document of a partition is spoilt. */
export function isSpoilt({ table }: Run, partition: string): boolean {
  return table.documents().some(({ pk, value }) => pk === partition && isSpoiltValue(value));
}

function isSpoiltValue(value: unknown): boolean {
  return (value as any).spoilt === true;
}

/**
 * The table with the documents as oracles see them: a remediation has its receipts, which are items of their own in the table.
 * They are joined once, when the first of a hundred oracles asks for them.
 */
export function wholeTable(table: Table): Table {
  let whole: Document[] | undefined;
  return {
    ...table,
    documents() {
      whole ??= withWaiting(joinedDocuments(table.documents()));
      return whole;
    },
  };
}

/**
 * The writes of whole documents. A write of receipts is part of the write of the state that names them, and is none if no state
 * does. A chain that is not whole counts as far as it is (`receiptsAreWhole` finds it).
 */
export function wholeWrites(writes: readonly Write[]): Write[] {
  const items = new Map<string, Write['document']>();
  const upTo = new Map<string, readonly unknown[]>();
  const last = new Map<string, Write['document']>();
  const pools = new Map<string, Pool>();

  function receiptsUpTo(pk: string, sk: unknown): readonly unknown[] {
    const key = JSON.stringify([pk, sk]);
    const item = items.get(key);
    if (!item) return [];
    const known = upTo.get(key);
    if (known) return known;
    const own = Array.isArray(item['value']) ? item['value'] : [];
    const receipts = [...receiptsUpTo(pk, item['before']), ...own];
    upTo.set(key, receipts);
    return receipts;
  }

  return writes.flatMap((write) => {
    const { document } = write;
    const { pk, sk } = document;
    if (isOfReceipts(document)) {
      items.set(JSON.stringify([pk, sk]), document);
      return [];
    }
    if (pk.startsWith('pool#')) {
      const pool = pools.get(pk) ?? { waiting: new Map() };
      pools.set(pk, pool);
      const before = viewedPool(pool);
      note(pool, write);
      const whole = viewedPool(pool);
      return whole ? [{ ...write, document: whole, before }] : [];
    }
    if (!pk.startsWith('remediation#')) return [write];
    const value = document['value'] as any;
    const { last: named, first } = value.receiptChain ?? {};
    const receipts = [...receiptsUpTo(pk, named), ...(first?.receipts ?? [])];
    const whole = { ...document, value: { ...value, receipts } };
    const before = last.get(pk);
    last.set(pk, whole);
    return [{ ...write, document: whole, before }];
  });
}

/** The documents of a pool: its own, and the entries of its wait list by their keys. */
type Pool = { own?: Document; waiting: Map<string, Document> };

function note(pool: Pool, { document, removed }: Pick<Write, 'document' | 'removed'>): void {
  if (!document.sk.startsWith('waiting#')) pool.own = document;
  else if (removed) pool.waiting.delete(document.sk);
  else pool.waiting.set(document.sk, document);
}

/** A pool with its wait list, oldest first. */
function viewedPool({ own, waiting }: Pool): Document | undefined {
  if (!own) return undefined;
  const entries = [...waiting.values()].toSorted((a, b) => (a.sk < b.sk ? -1 : 1));
  const value = { ...(own['value'] as object), waiting: entries.map((entry) => entry['value']) };
  return viewed({ ...own, value });
}

function withWaiting(documents: readonly Document[]): Document[] {
  const pools = new Map<string, Pool>();
  const others = documents.filter((document) => {
    if (!document.pk.startsWith('pool#')) return true;
    const pool = pools.get(document.pk) ?? { waiting: new Map() };
    pools.set(document.pk, pool);
    note(pool, { document });
    return false;
  });
  return [...others, ...[...pools.values()].flatMap((pool) => viewedPool(pool) ?? [])];
}

/**
 * A document as oracles see it. That of a pool has every held target in `holds`, and in `held` those that take a slot of the
 * budget.
 */
function viewed(document: Document): Document {
  const value = document['value'] as any;
  if (!document.pk.startsWith('pool#') || isSpoiltValue(value)) return document;
  const disruptive = Object.entries<any>(value.held).filter(([, hold]) => hold.disruptive);
  return { ...document, value: { ...value, holds: value.held, held: Object.fromEntries(disruptive) } };
}
