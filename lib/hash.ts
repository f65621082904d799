import { createHash } from 'node:crypto';

/** JSON with the keys of every object in order: the same content has the same text in every spelling. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** 128 bits of SHA-256 over the canonical JSON, as 32 hex digits: an id that anyone can compute again. */
export function contentId(value: unknown): string {
  return textId(canonicalJson(value));
}

/** The same over a text. */
export function textId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
