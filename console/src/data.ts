import { signal } from '@preact/signals';
import { type Resource, useResource } from './state/resource.ts';
import { routeOf } from './state/router.ts';
import type {
  DeadLettersPage,
  NodesPage,
  Pool,
  PoolNode,
  PoolsAnswer,
  Remediation,
  RemediationState,
  RemediationsPage,
} from './types.ts';

// The answers that several views share, each with its pace.

/** Things that move within seconds. */
export const FAST_MS = 3_000;
/** Things that wait for people. */
export const CALM_MS = 10_000;
/** Things that cost something to ask for, or hardly move. */
export const SLOW_MS = 30_000;
/** Dead letters: to read one is to hide it from other readers for a moment. */
const LETTERS_MS = 60_000;

/** The most nodes that one answer lists. */
const NODES_AT_ONCE = 1_000;

/** The pools of the last answer, so that every view can name a pool and its zone. */
export const knownPools = signal<readonly Pool[]>([]);

export function usePools(): Resource<PoolsAnswer> {
  const pools = useResource<PoolsAnswer>('/pools?limit=100', FAST_MS);
  const listed = pools.value.value?.pools;
  if (listed && listed !== knownPools.peek()) knownPools.value = listed;
  return pools;
}

/** The remediations in one state, the last one that entered it first. */
export function useInState(state: RemediationState, everyMs: number): readonly Remediation[] | undefined {
  const path = routeOf(['remediations'], { state, limit: '100' });
  return useResource<RemediationsPage>(path, everyMs).value.value?.remediations;
}

export function useDeadLetters(): Resource<DeadLettersPage> {
  return useResource<DeadLettersPage>('/dead-letters?limit=100', LETTERS_MS);
}

/** The nodes of a pool. `left`: how many of a very large pool are not listed, because nothing is wrong with them. */
export function usePoolNodes({ id, nodes: { total = 0 } = { total: 0 } }: Pool): {
  nodes: readonly PoolNode[] | undefined;
  left: number;
} {
  const isLarge = total > NODES_AT_ONCE;
  const path = routeOf(['pools', id, 'nodes'], { limit: String(NODES_AT_ONCE) });
  const all = useResource<NodesPage>(isLarge ? undefined : path, FAST_MS).value.value?.nodes;
  const odd = useOddNodes(isLarge ? id : undefined);
  if (!isLarge) return { nodes: all, left: 0 };
  return { nodes: odd, left: odd ? Math.max(0, total - odd.length) : 0 };
}

/** The nodes of a very large pool that are not simply well. */
function useOddNodes(pool: string | undefined): readonly PoolNode[] | undefined {
  const of = (state: string) =>
    pool === undefined ? undefined : routeOf(['pools', pool, 'nodes'], { state, limit: '300' });
  const answers = [
    useResource<NodesPage>(of('broken'), CALM_MS),
    useResource<NodesPage>(of('out'), CALM_MS),
    useResource<NodesPage>(of('held'), CALM_MS),
    useResource<NodesPage>(of('waiting'), CALM_MS),
    useResource<NodesPage>(of('unknown'), CALM_MS),
  ];
  const lists = answers.map(({ value }) => value.value?.nodes);
  return lists.every((list) => list === undefined) ? undefined : lists.flatMap((list) => list ?? []);
}

/** A pool by its id or name. */
export function poolOf(nameOrId: string): Pool | undefined {
  return knownPools.value.find(({ id, name }) => id === nameOrId || name === nameOrId);
}

/** The name of a pool; without one, its id. */
export function poolName(id: string): string {
  return poolOf(id)?.name ?? id;
}

/** The time zone in which a pool's windows are written; undefined if it has none: then the zone of the browser counts. */
export function zoneOf(pool: string | undefined): string | undefined {
  const known = pool === undefined ? undefined : poolOf(pool);
  return known?.window?.zone ?? known?.windows?.find(({ zone }) => zone !== undefined)?.zone;
}

/** Whether an attempt that a person took over still matters: its node is out, or held. Undefined: the pools do not tell. */
export function stillMatters({ id, pool }: Remediation): boolean | undefined {
  const known = poolOf(pool);
  if (!known) return undefined;
  const isNamed = [...(known.outOfService ?? []), ...(known.held ?? [])].some(
    ({ remediation }) => remediation === id,
  );
  const isWhole = (known.outOfServiceTotal ?? 0) <= (known.outOfService?.length ?? 0);
  return isNamed ? true : isWhole ? false : undefined;
}
