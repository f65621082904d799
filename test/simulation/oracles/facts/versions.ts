import type { Rules } from '#lib/rules/rules';
import type { Run } from '../../run.ts';

type Versions = { driver?: string; os?: string; plugins?: readonly { name: string; version?: string }[] };

/**
 * A version that a node has and the rules forbid after a remediation's call, in words; undefined if there is none. A version that
 * a node does not show is not wrong.
 */
export function wrongVersion(
  { world }: Pick<Run, 'world'>,
  { pools, rules }: Pick<Rules, 'pools' | 'rules'>,
  { pool, rule }: { pool: string; rule?: string },
  node: string,
): string | undefined {
  const { driver, os, plugins = [] }: Versions = world.pools.get(pool)?.nodes.get(node)?.versions ?? {};
  const demands = demandsOf(pools, rules, pool, rule);
  const shown: [string, string | undefined, readonly string[] | undefined][] = [
    ['driver', driver, demands.driver],
    ['os', os, demands.os],
    ...plugins.map(({ name, version }): [string, string | undefined, readonly string[] | undefined] => [
      name,
      version,
      demands.plugins?.[name],
    ]),
  ];
  const wrong = shown.find(
    ([, version, demanded]) =>
      version !== undefined && demanded && !demanded.some((glob) => isLike(glob, version)),
  );
  return wrong && `its ${wrong[0]} is ${wrong[1]}, and the rules demand ${wrong[2]?.join(' or ')}`;
}

/** Whether the rules take a version that the API does not show for a right one. */
export function takesAbsentForWell(
  { pools, rules }: Pick<Rules, 'pools' | 'rules'>,
  { pool, rule }: { pool: string; rule?: string },
): boolean {
  return demandsOf(pools, rules, pool, rule).absent === 'well';
}

function demandsOf(pools: Rules['pools'], rules: Rules['rules'], pool: string, rule: string | undefined) {
  return {
    ...pools.find(({ id }) => id === pool)?.healthy,
    ...rules.find(({ name }) => name === rule)?.healthy,
  };
}

function isLike(glob: string, version: string): boolean {
  const parts = glob.split('*').map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('.*')}$`).test(version);
}
