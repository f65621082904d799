import type { PathProblem } from './problem.ts';
import { suggestion } from './wording.ts';

/** Huawei's SDK on `pool_name` (docs/modelarts-api.md 2.1): 36 to 63 characters, a lower-case letter first, no hyphen last. */
const POOL_ID = /^[a-z][a-z0-9-]{34,61}[a-z0-9]$/;

/**
 * Migrations to a pool that is neither in the file, by name or id, nor given by what can be the id of one: a misspelt name.
 * Works on the file as it is read, and finds migrations wherever they stand in it.
 */
export function unknownDestinations(
  file: unknown,
  pools: Readonly<Record<string, { id?: string | undefined }>>,
): PathProblem[] {
  const names = Object.keys(pools);
  const known = new Set([...names, ...Object.values(pools).map(({ id }) => id)]);
  return destinationsIn(file, [], new Set()).flatMap(({ path, text }) =>
    known.has(text) || POOL_ID.test(text)
      ? []
      : [
          {
            path,
            reason: `there is no pool "${text}" in this file, and it is not the id of one${suggestion(text, names)}`,
          },
        ],
  );
}

type Destination = { path: PropertyKey[]; text: string };

/** @param above the values that this one is in: a YAML file may contain itself. */
function destinationsIn(value: unknown, path: PropertyKey[], above: ReadonlySet<unknown>): Destination[] {
  if (typeof value !== 'object' || value === null || above.has(value)) return [];
  const inside = new Set([...above, value]);
  const entries: [PropertyKey, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value);
  return entries.flatMap(([key, part]) => {
    const to: unknown =
      key === 'migrate-nodes' ? { toPoolName: undefined, ...Object(part) }.toPoolName : undefined;
    const own = typeof to === 'string' ? [{ path: [...path, key, 'toPoolName'], text: to }] : [];
    return [...own, ...destinationsIn(part, [...path, key], inside)];
  });
}
