/** The value under the key of an action in the rules file. Only an action on a node pool has `nodePool`. */
export type Written = { nodePool?: string; [field: string]: unknown };

/**
 * Whether the text at a path inside a value names another node pool. The API spells the name of a default node pool in several
 * ways, which differ in upper and lower case (docs/design/modelarts-api.md 3.1).
 */
export function namesAnother(value: unknown, path: readonly string[], nodePool: string): boolean {
  const named = path.reduce(
    (part: unknown, key) => new Map<string, unknown>(Object.entries(part ?? {})).get(key),
    value,
  );
  return typeof named === 'string' && named.toLowerCase() !== nodePool.toLowerCase();
}
