import type { ModelArtsClient } from '#lib/modelarts/client/client';
import { listPools } from '#lib/modelarts/endpoints/list-pools';
import { noNodeCounts } from '#lib/modelarts/replies/node-counts';
import type { Pool } from '#lib/modelarts/replies/pool';
import type { NamedPool } from './rules-text.ts';

/**
 * The pools of the project of a key, each under a name for the rules file.
 *
 * @throws ModelArtsError the client's errors
 */
export async function findPools(
  client: ModelArtsClient,
): Promise<{ pools: NamedPool[]; unreadable: string[] }> {
  const { pools, unreadable } = await client.send(listPools, {});
  return { pools: namedPools(pools), unreadable: unreadable.map(({ why }) => why) };
}

/** The characters that a name in the rules file may have, and how many. */
const FOREIGN = /[^A-Za-z0-9._-]+/g;
const MAX_NAME = 63;

/**
 * Pools with names for the rules file: their names for people as far as a rules file allows the characters, and each name once.
 */
export function namedPools(
  pools: readonly Pick<Pool, 'name' | 'displayName' | 'phase' | 'nodeCounts'>[],
): NamedPool[] {
  const taken = new Set<string>();
  return pools.map(({ name: id, displayName, phase, nodeCounts }, index) => {
    const shown = (displayName ?? '').replace(FOREIGN, '-').replace(/^[-._]+|[-._]+$/g, '');
    const wanted = shown === '' ? `pool-${index + 1}` : shown.slice(0, MAX_NAME);
    const name = freeName(wanted, taken);
    taken.add(name);
    const { available, abnormal } = nodeCounts ?? noNodeCounts;
    const about = [displayName, phase || undefined, `${available + abnormal} nodes`]
      .filter(Boolean)
      .join(', ');
    return { name, id, about };
  });
}

/** The name itself, or with the first free number behind it. */
function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const end = number === 1 ? '' : `-${number}`;
    const name = wanted.slice(0, MAX_NAME - end.length) + end;
    if (!taken.has(name)) return name;
  }
}
