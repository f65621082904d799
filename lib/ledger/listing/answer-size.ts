/**
 * What the entries of one page take at most in the answer of a function, where they are text in JSON: Lambda gives on 6 MB
 * ("Lambda quotas", payload of a synchronous invocation).
 */
export const MAX_PAGE_BYTES = 5 * 1024 * 1024;

/** What a value takes as part of a JSON text that is itself a text in JSON. */
export function bytesInAnswer(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
}
