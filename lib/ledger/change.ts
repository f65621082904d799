import type * as z from 'zod';
import { describeIssues } from '#lib/issues';
import { frozen } from './copy.ts';
import type { Document, DocumentKey, Store } from './store.ts';

/** A kind of document: its content, and its attributes in the indexes. */
export type DocumentKind<Value> = {
  name: string;
  schema: z.ZodType<Value>;
  index?: (value: Value) => Record<string, string | number>;
  /** Whether a write is among those that led to a value; absent where the value does not tell. */
  hasWrite?: (store: Store, value: Value, writeId: string) => Promise<boolean>;
};

/** One write of a document: the version that it makes, and its own name. */
export type WriteOf = { version: number; writeId: string };

/** A new value, and the items that it names. The items are written first. An item without a document that names it has no effect. */
export type Naming<Value> = { value: Value; named: readonly Document[] };

/** Writers that meet at one document try again this often before they give up. */
const MAX_CONFLICTS = 40;

/** Too many writers at one document, or a store that keeps failing. Retryable: nothing was changed. */
export class LedgerConflictError extends Error {
  override name = 'LedgerConflictError';
}

/** A document does not have the schema of its kind: an error in the code, or data of another version. All other work goes on. */
export class UnreadableDocumentError extends Error {
  override name = 'UnreadableDocumentError';
  // Private, so that no log of the error holds the whole document.
  readonly #document: Document;
  readonly kind: string;

  constructor(document: Document, kind: string, why: string) {
    super(`The ledger's ${kind} ${document.pk} cannot be read by this version: ${why}`);
    this.#document = document;
    this.kind = kind;
  }

  get document(): Document {
    return this.#document;
  }
}

/**
 * The value of a document, checked; undefined if there is none.
 *
 * @throws UnreadableDocumentError
 */
export async function readDocument<Value>(
  store: Store,
  kind: DocumentKind<Value>,
  key: DocumentKey,
): Promise<Value | undefined> {
  const document = await store.get(key);
  return document && parseDocument(kind, document);
}

/** The values of the documents that are still in use. An event reads many a document several times, and each check is costly. */
const values = new WeakMap<Document, Parsed>();

type Parsed = { kind: unknown; value: unknown };

function isOf<Value>(parsed: Parsed, kind: DocumentKind<Value>): parsed is { kind: unknown; value: Value } {
  return parsed.kind === kind;
}

/**
 * The value inside a stored document. All readers of one document object share it, so it is frozen, and the object must not change.
 *
 * @throws UnreadableDocumentError
 */
export function parseDocument<Value>(kind: DocumentKind<Value>, document: Document): Value {
  const known = values.get(document);
  if (known && isOf(known, kind)) return known.value;
  const parsed = kind.schema.safeParse(document['value']);
  if (!parsed.success) throw new UnreadableDocumentError(document, kind.name, describeIssues(parsed.error));
  const value = frozen(parsed.data);
  values.set(document, { kind, value });
  return value;
}

/**
 * Changes one document: reads it, lets `next` decide, and writes the result on the condition that the document has not changed
 * since. If it has, it starts again. `next` returns the new value, or undefined to leave the document as it is.
 * It must be free of side effects, and it may meet its own earlier write when an answer of the store was lost.
 *
 * @param known the document as read just now, together with others. If it has not changed since, this saves a read.
 * @returns the value that is stored afterwards, and whether this call wrote it.
 * @throws LedgerConflictError, UnreadableDocumentError, or DocumentTooLargeError.
 */
export async function updateDocument<Value>(
  store: Store,
  kind: DocumentKind<Value>,
  key: DocumentKey,
  next: (current: Value | undefined) => Value | undefined,
  known?: { document: Document | undefined },
): Promise<{ value: Value | undefined; written: boolean }> {
  const withoutItems = (current: Value | undefined) => {
    const value = next(current);
    return value === undefined ? undefined : { value, named: [] };
  };
  return updateNaming(store, kind, key, withoutItems, known);
}

/**
 * Changes one document as `updateDocument` does, and before it writes the items that it names. A writer that dies or loses its race
 * in between leaves items that no document names.
 *
 * @param next receives the name of the write, so that each try can name its items anew.
 */
export async function updateNaming<Value>(
  store: Store,
  kind: DocumentKind<Value>,
  key: DocumentKey,
  next: (current: Value | undefined, write: WriteOf) => Naming<Value> | undefined,
  known?: { document: Document | undefined },
): Promise<{ value: Value | undefined; written: boolean }> {
  const writeId = store.newId();
  // A remembered document may be an old one: it is enough for a write, which then fails, and never for leaving the document as it is.
  const remembered = known ? undefined : store.lastSeen?.(key);
  const first = known ?? remembered;
  let hasTried = false;
  for (let conflict = 0; conflict < MAX_CONFLICTS; conflict += 1) {
    const document = first && conflict === 0 ? first.document : await store.get(key);
    const current = document && parseDocument(kind, document);
    const isOwn = document?.writeId === writeId;
    // The answer of a try may have been lost, and others may have written after it.
    if (isOwn || (hasTried && current && (await kind.hasWrite?.(store, current, writeId))))
      return { value: current, written: true };
    const version = (document?.version ?? 0) + 1;
    const change = next(current, { version, writeId });
    if (change === undefined && remembered && conflict === 0) continue;
    if (change === undefined) return { value: current, written: false };
    const { value, named } = change;
    for (const item of named) await write(store, item);
    const indexed = kind.index?.(value) ?? {};
    if (await write(store, { ...key, ...indexed, version, writeId, value })) return { value, written: true };
    hasTried = true;
  }
  throw new LedgerConflictError(
    `The ledger's ${kind.name} ${key.pk} changed ${MAX_CONFLICTS} times while it was being written`,
  );
}

/**
 * Changes one document as `updateDocument` does, with the same errors, and returns a decision besides the new value. `decide` must be
 * free of side effects: it may run several times, and only its last answer counts.
 *
 * @returns the value that is stored afterwards, whether this call wrote it, and the decision about the value found then.
 */
export async function updateAndDecide<Value, Decided extends object | number>(
  store: Store,
  kind: DocumentKind<Value>,
  key: DocumentKey,
  decide: (current: Value | undefined) => { value: Value | undefined; decided: Decided },
): Promise<{ value: Value | undefined; written: boolean; decided: Decided }> {
  const last: Decided[] = [];
  const { value, written } = await updateDocument(store, kind, key, (current) => {
    const answer = decide(current);
    last.splice(0, last.length, answer.decided);
    return answer.value;
  });
  const [decided] = last;
  // `updateDocument` returns only after it has asked once.
  if (decided === undefined)
    throw new LedgerConflictError(`Nothing was decided about ${kind.name} ${key.pk}`);
  return { value, written, decided };
}

/**
 * Writes a document that must not exist yet. For a document that is usually new this is cheaper than `updateDocument`: one write,
 * no read.
 *
 * @returns the value that is stored afterwards, and whether this call wrote it.
 * @throws LedgerConflictError, UnreadableDocumentError, or DocumentTooLargeError.
 */
export async function createDocument<Value>(
  store: Store,
  kind: DocumentKind<Value>,
  key: DocumentKey,
  value: Value,
): Promise<{ value: Value; written: boolean }> {
  const writeId = store.newId();
  const document = { ...key, ...kind.index?.(value), version: 1, writeId, value };
  if (await write(store, document)) return { value, written: true };
  const existing = await store.get(key);
  if (!existing)
    throw new LedgerConflictError(`The ledger's ${kind.name} ${key.pk} exists and then does not`);
  return { value: parseDocument(kind, existing), written: existing.writeId === writeId };
}

/** Writes the next version of a document. If the store's answer is lost, it reads the document to know whether it was written. */
async function write(store: Store, document: Document): Promise<boolean> {
  try {
    return await store.put(document, document.version - 1);
  } catch (error) {
    const stored = await store.get(document).catch(() => undefined);
    if (stored?.writeId === document.writeId) return true;
    throw error;
  }
}
