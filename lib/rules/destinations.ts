import { canBePoolId } from './pool.ts';
import type { PathProblem } from './problem.ts';
import { suggestion } from './wording.ts';

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
  return actionsIn(file, 'migrate-nodes').flatMap(({ path, value: { toPoolName: to } }) => {
    if (typeof to !== 'string' || known.has(to) || canBePoolId(to)) return [];
    const reason = `there is no pool "${to}" in this file, and it is not the id of one${suggestion(to, names)}`;
    return [{ path: [...path, 'toPoolName'], reason }];
  });
}

/**
 * Migrations and changes of node pools that ask a pool for what only a privileged one takes, where the file says that it is none
 * (pages Migrating Nodes in Batches, table 3, and Updating a Node Pool, table 5).
 */
export function forPrivilegedPools(
  file: unknown,
  pools: Readonly<Record<string, { id?: string | undefined; privileged?: boolean | undefined }>>,
): PathProblem[] {
  const plain = Object.entries(pools).filter(([, { privileged }]) => privileged === false);
  const named = new Map(
    plain.flatMap(([name, { id = name }]) => [[name, name] as const, [id, name] as const]),
  );
  return ACTIONS.flatMap(({ key, pool, fields, inside }) =>
    actionsIn(file, key).flatMap(({ path, value }) => {
      const name = named.get(String(value[pool]));
      const asked = Object.keys(Object(value[inside])).filter((field) => fields.includes(field));
      return name === undefined
        ? []
        : asked.map((field) => ({
            path: [...path, inside, field],
            reason: `cannot be specified for a non-privileged pool, and ${name} is one`,
          }));
    }),
  );
}

/** Which fields of an action's parameters are for privileged pools alone, where they stand, and what names the pool. */
const ACTIONS = [
  {
    key: 'migrate-nodes',
    pool: 'toPoolName',
    inside: 'resourceSpec',
    fields: ['labels', 'taints', 'network'],
  },
  { key: 'update-node-pool', pool: 'pool', inside: 'resources', fields: ['taints', 'tags', 'network'] },
];

type Found = { path: PropertyKey[]; value: Record<string, unknown> };

/** The parameters of an action, wherever in the file it stands under its own key. */
function actionsIn(file: unknown, key: string): Found[] {
  return below(file, [], new Set()).filter(({ path }) => path.at(-1) === key);
}

/** @param above the values that this one is in: a YAML file may contain itself. */
function below(value: unknown, path: PropertyKey[], above: ReadonlySet<unknown>): Found[] {
  if (typeof value !== 'object' || value === null || above.has(value)) return [];
  const inside = new Set([...above, value]);
  const isList = Array.isArray(value);
  const parts: [PropertyKey, unknown][] = isList ? [...value.entries()] : Object.entries(value);
  return [
    ...(isList ? [] : [{ path, value: { ...value } }]),
    ...parts.flatMap(([key, part]) => below(part, [...path, key], inside)),
  ];
}
