import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { badRequest } from '#local/simulator/api-error';
import { mergePatch } from '#local/simulator/world/merge-patch';

import { poolIn, showsDrivers, type WorldNodePool, type WorldPool } from './pool.ts';
import { ok, type Route } from './route.ts';
import type { World } from './world.ts';

/** A change to the wanted state of a node pool. `request`: the number of our request in the API's log; undefined: other people's. */
export type NodePoolChange = {
  atMs: number;
  pool: string;
  nodePool: string;
  /** Undefined: it is gone. */
  resources: Record<string, any> | undefined;
  request?: number;
};

/** Node pools as they truly are. */
export type NodePools = {
  routes: Route[];
  /** Everything that was ever true of them, oldest first. */
  history: NodePoolChange[];
  /** A change, or a deletion, by other people. */
  change(pool: WorldPool, nodePool: string, changes: Record<string, unknown> | 'deleted'): void;
};

const unknown = () => badRequest('invalid nodepool name');

function nodesOf(pool: WorldPool, name: string) {
  return [...pool.nodes.values()].filter(({ nodePool }) => nodePool === name);
}

function render(pool: WorldPool, { name, resources }: WorldNodePool) {
  const nodes = nodesOf(pool, name);
  const flavor = resources['flavor'];
  const count = (phases: string[]) => {
    const found = nodes.filter(({ phase }) => phases.includes(phase)).length;
    return found > 0 ? { flavor, count: found } : undefined;
  };
  return {
    metadata: { name },
    spec: { resources },
    status: {
      resources: {
        creating: count(['Creating']),
        available: count(['Available', 'Checking']),
        abnormal: count(['Abnormal']),
        deleting: count(['Deleting']),
      },
    },
  };
}

export function createNodePools(world: World, { scheduler, chance, fate, trace }: ProcessWorld): NodePools {
  const history: NodePoolChange[] = [];
  let added = 0;

  function remember(pool: string, nodePool: string, request?: number): void {
    const found = world.pools.get(pool)?.nodePools.get(nodePool);
    history.push({
      atMs: scheduler.now(),
      pool,
      nodePool,
      resources: found && structuredClone(found.resources),
      ...(request !== undefined && { request }),
    });
  }
  for (const pool of world.pools.values()) for (const name of pool.nodePools.keys()) remember(pool.id, name);

  function merge(pool: WorldPool, nodePool: WorldNodePool, changes: any, request?: number): void {
    nodePool.resources = mergePatch(nodePool.resources, changes);
    remember(pool.id, nodePool.name, request);
    resize(pool, nodePool);
  }

  /** An accepted change does not always take effect: some do late, in part, or never. */
  function comesAbout(pool: WorldPool, nodePool: WorldNodePool, changes: any, request: number): void {
    const mishap = fate.decide(`change/${request}`, {
      'change-late': 0.12,
      'change-in-part': 0.08,
      'change-never': 0.05,
    });
    if (mishap) trace('ModelArts', `request ${request}: ${mishap}`);
    const { count, maxCount, ...others } = changes;
    if (mishap === 'change-late') {
      const lateMs = chance.between(20, 240, `change/${request}/late`) * 1000;
      scheduler.at(
        scheduler.now() + lateMs,
        () => nodePool.deleting || merge(pool, nodePool, changes, request),
        false,
      );
    } else if (mishap === 'change-in-part') {
      const isCount = chance.happens(0.5, `change/${request}/part`);
      merge(pool, nodePool, isCount ? { count, maxCount } : others, request);
    } else if (mishap !== 'change-never') merge(pool, nodePool, changes, request);
  }

  /** Nodes come and go until there are as many as wanted, or as the region has. */
  function resize(pool: WorldPool, { name, resources }: WorldNodePool): void {
    const nodes = nodesOf(pool, name).filter(({ phase }) => phase !== 'Deleting');
    const wanted = Number(resources['count']);
    for (let index = nodes.length; index < wanted; index += 1) {
      added += 1;
      const node = `os-node-created-n${String(added).padStart(4, '0')}`;
      if (fate.decide(`${node}/none-left`, { 'none-left': 0.05 })) continue;
      const flavor = String(resources['flavor']);
      world.add(pool.id, {
        name: node,
        ip: `10.9.0.${added}`,
        phase: 'Creating',
        labels: {},
        nodePool: name,
        flavor,
        ...(showsDrivers(pool) && { driver: 'Running' }),
        staysBroken: false,
      });
      scheduler.at(
        scheduler.now() + chance.between(20, 120, `${node}/comes`) * 1000,
        () => world.change(pool.id, node, { phase: 'Available' }),
        false,
      );
    }
    for (const node of nodes.slice(Math.max(wanted, 0))) takeAway(pool, node.name);
  }

  function takeAway(pool: WorldPool, node: string): void {
    world.change(pool.id, node, { phase: 'Deleting' });
    scheduler.at(
      scheduler.now() + chance.between(20, 120, `${node}/goes`) * 1000,
      () => world.remove(pool.id, node),
      false,
    );
  }

  /** A deletion that begins, and is given up. */
  function beginInVain(pool: WorldPool, name: string, forMs: number): void {
    for (const node of nodesOf(pool, name).filter(({ phase }) => phase !== 'Deleting')) {
      const { phase } = node;
      world.change(pool.id, node.name, { phase: 'Deleting' });
      scheduler.at(scheduler.now() + forMs, () => world.change(pool.id, node.name, { phase }), false);
    }
  }

  function remove(pool: WorldPool, name: string, request: number | undefined): void {
    for (const node of nodesOf(pool, name)) takeAway(pool, node.name);
    trace('ModelArts', `deletes node pool ${name}`);
    scheduler.at(
      scheduler.now() + chance.between(125, 260, `${name}/${request}/gone`) * 1000,
      () => {
        pool.nodePools.delete(name);
        remember(pool.id, name, request);
        trace('ModelArts', `node pool ${name} is gone`);
      },
      false,
    );
  }

  function nodePoolIn(id: string | undefined, name = ''): [WorldPool, WorldNodePool] {
    const pool = poolIn(world, id);
    const nodePool = pool.nodePools.get(name);
    if (!nodePool) throw unknown();
    return [pool, nodePool];
  }

  const routes: Route[] = [
    [
      /^GET \/pools\/([^/]+)\/nodepools$/,
      (_request, [id]) => {
        const pool = world.pools.get(id ?? '');
        return ok({
          items: pool ? [...pool.nodePools.values()].map((nodePool) => render(pool, nodePool)) : [],
        });
      },
    ],
    [
      /^GET \/pools\/([^/]+)\/nodepools\/([^/]+)$/,
      (_request, [id, name]) => ok(render(...nodePoolIn(id, name))),
    ],
    [
      /^PATCH \/pools\/([^/]+)\/nodepools\/([^/]+)$/,
      ({ body }, [id, name], log) => {
        const [pool, nodePool] = nodePoolIn(id, name);
        if (nodePool.deleting) throw unknown();
        log.effect = { patched: name };
        comesAbout(pool, nodePool, body.spec.resources, log.number);
        return ok(render(pool, nodePool));
      },
    ],
    [
      /^DELETE \/pools\/([^/]+)\/nodepools\/([^/]+)$/,
      (_request, [id, name], log) => {
        const [pool, nodePool] = nodePoolIn(id, name);
        if (nodePool.deleting) throw unknown();
        if (nodePool.isKept) throw badRequest('not allowed now');
        const mishap = fate.decide(`deletion/${log.number}`, {
          'deletion-late': 0.1,
          'deletion-never': 0.06,
          'deletion-stops': 0.06,
        });
        const isDone = mishap !== 'deletion-never' && mishap !== 'deletion-stops';
        nodePool.deleting = isDone;
        log.effect = {
          deleted: name,
          isDone,
          staying: [...pool.nodePools.values()].filter(
            (other) => other !== nodePool && other.deleting !== true,
          ).length,
          inWork: world.jobs
            .filter(({ endedAtMs, request }) => endedAtMs === undefined && request !== undefined)
            .filter(({ startedAtMs }) => startedAtMs < scheduler.now() - 90_000)
            .flatMap(({ nodes }) => nodes)
            .filter((node) => pool.nodes.get(node)?.nodePool === name),
          nodes: nodesOf(pool, nodePool.name)
            .map((node) => node.name)
            .sort(),
        };
        const shown = render(pool, nodePool);
        if (mishap) trace('ModelArts', `request ${log.number}: ${mishap}`);
        const lateMs = chance.between(20, 100, `deletion/${log.number}/late`) * 1000;
        if (mishap === 'deletion-late')
          scheduler.at(scheduler.now() + lateMs, () => remove(pool, nodePool.name, log.number), false);
        else if (isDone) remove(pool, nodePool.name, log.number);
        else if (mishap === 'deletion-stops') beginInVain(pool, nodePool.name, lateMs);
        return ok(shown);
      },
    ],
  ];

  return {
    routes,
    history,
    change(pool, name, changes) {
      const nodePool = pool.nodePools.get(name);
      if (!nodePool || nodePool.deleting) return;
      trace('somebody', `changes node pool ${name}: ${JSON.stringify(changes)}`);
      if (changes === 'deleted') {
        nodePool.deleting = true;
        return remove(pool, name, undefined);
      }
      merge(pool, nodePool, changes);
    },
  };
}
