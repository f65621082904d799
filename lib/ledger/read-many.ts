import { type DocumentKind, parseDocument, UnreadableDocumentError } from './change.ts';
import type { Document, DocumentKey, Store } from './store.ts';

/** A stored document that this version cannot read, and why. */
export type Unreadable = { kind: string; document: Document; why: string };

/** Stands for a name inside an unreadable document. */
export const UNREADABLE = '(unreadable)';

/** The values of several documents. Unreadable documents stand beside them, and stop none of them. */
export type ReadMany<Value> = { values: Value[]; unreadable: Unreadable[] };

/** Reads the documents that exist among `keys`, each by itself. */
export async function readMany<Value>(
  store: Store,
  kind: DocumentKind<Value>,
  keys: readonly DocumentKey[],
): Promise<ReadMany<Value>> {
  return parseMany(kind, await store.getMany(keys));
}

/** Reads documents that a query has found, each by itself. */
export function parseMany<Value>(kind: DocumentKind<Value>, documents: readonly Document[]): ReadMany<Value> {
  const read: ReadMany<Value> = { values: [], unreadable: [] };
  for (const document of documents) {
    const parsed = parseOne(kind, document);
    if ('value' in parsed) read.values.push(parsed.value);
    else read.unreadable.push(parsed);
  }
  return read;
}

/** Reads one document of many. */
export function parseOne<Value>(
  kind: DocumentKind<Value>,
  document: Document,
): { value: Value } | Unreadable {
  try {
    return { value: parseDocument(kind, document) };
  } catch (error) {
    if (error instanceof UnreadableDocumentError) return { kind: kind.name, document, why: error.message };
    throw error;
  }
}
