import type { PathProblem } from '#lib/issues';
import { show, suggestion } from '#lib/rules/file/wording';
import { canBePoolId } from '#lib/rules/pool';

/**
 * Migrations whose destination is neither a pool of the file (by name or id) nor has the form of a pool id: misspelled names.
 * Works on the file before its validation, and finds migrations at any depth.
 */
export function unknownDestinations(
  file: unknown,
  pools: Readonly<Record<string, { id?: string | undefined }>>,
): PathProblem[] {
  const known = Object.entries(pools).map(([name, { id }]) => ({ name, id }));
  return actionsIn(file, 'migrate-nodes').flatMap(({ path, value: { toPoolName: to } }) => {
    const reason = typeof to === 'string' ? whyNoDestination(to, known, 'this file') : undefined;
    return reason === undefined ? [] : [{ path: [...path, 'toPoolName'], reason }];
  });
}

/**
 * The reason why a text is no destination for nodes; undefined if it is one. A pool outside of the rules file is given by its
 * id.
 */
export function whyNoDestination(
  to: string,
  pools: readonly { name: string; id?: string | undefined }[],
  file = 'the rules file',
): string | undefined {
  if (canBePoolId(to) || pools.some(({ name, id }) => to === name || to === id)) return undefined;
  const names = pools.map(({ name }) => name);
  return `there is no pool ${show(to)} in ${file}, and this is not a pool id either${suggestion(to, names)}`;
}

/**
 * Migrations and changes of node pools that use fields for privileged pools, although the file says that their pool is not
 * privileged (pages Migrating Nodes in Batches, table 3, and Updating a Node Pool, table 5).
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
            reason: `needs a privileged pool, and ${name} has privileged: false`,
          }));
    }),
  );
}

/** For each action: the fields for privileged pools only, the parameter with these fields, and the parameter with the pool. */
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

/** The values under an action's key, at any depth of the file. */
function actionsIn(file: unknown, key: string): Found[] {
  return below(file, [], new Set()).filter(({ path }) => path.at(-1) === key);
}

/** @param above the values that contain this one: with aliases, a YAML value may contain itself */
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
