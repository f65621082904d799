/**
 * The most that the entries of one page may take in the answer of a function, where they are text inside JSON. Lambda's limit is
 * 6 MB ("Lambda quotas", payload of a synchronous invocation).
 */
export const MAX_PAGE_BYTES = 5 * 1024 * 1024;

/** The bytes of a value inside a JSON text that is itself a string in JSON. */
export function bytesInAnswer(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
}
