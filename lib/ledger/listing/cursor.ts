import * as z from 'zod';

/** Every sort key of a list is a time and an id. */
const SORT_KEY = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z#/;

/** `next` of the page before: the sort key of its last entry, opaque to clients. */
export const Cursor = z
  .string()
  .max(600)
  .refine((cursor) => SORT_KEY.test(decodeCursor(cursor)), 'must be the `next` of an earlier page');

export function encodeCursor(sortKey: string): string {
  return Buffer.from(sortKey, 'utf8').toString('base64url');
}

export function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('utf8');
}
