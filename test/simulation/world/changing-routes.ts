import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { badRequest } from '#local/simulator/api-error';
import { nodesNamed } from '#local/simulator/routes/named-nodes';
import { maxAtOnce } from '#local/simulator/routes/reset-nodes';
import { applyTags } from '#local/simulator/routes/update-nodes';
import { isBusy } from '#local/simulator/world/node-state';

import { poolIn, type WorldJob, type WorldNode, type WorldPool } from './pool.ts';
import { type ApiAnswer, type LoggedRequest, ok, type Route } from './route.ts';
import type { World } from './world.ts';

/** The label of the supernode that a node is part of. */
const SUPERNODE = 'os.modelarts.node/batch.uid';
const HA_LABEL = 'os.modelarts.node/ha.redundant.enabled';

const STAYING_JOBS: readonly string[] = ['reset-nodes', 'reboot-node', 'replace-node'];

/** The requests that change nodes. */
export function changingRoutes(
  world: World,
  { scheduler, chance, fate }: Pick<ProcessWorld, 'scheduler' | 'chance' | 'fate'>,
): Route[] {
  /** Whether a job waits to take a node away: what is reset or replaced by one stays. */
  function isLeaving({ job: id }: WorldNode): boolean {
    const job = id === undefined ? undefined : world.jobs.find((one) => one.id === id);
    return job !== undefined && !STAYING_JOBS.includes(job.type);
  }

  /** The mishap of one node of an update. */
  function ofNode(pool: WorldPool, name: string, request: number): string | undefined {
    if (!pool.nodes.has(name) || chance.happens(0.06, `${name}/never`)) return 'node-fails';
    return fate.decide(`update/${request}/${name}`, { 'node-fails': 0.08, 'node-silent': 0.05 });
  }

  /** Shows the redundancy of a node at once, late or never. */
  function setRedundancy(pool: WorldPool, { name, labels }: WorldNode, isOn: boolean, request: number): void {
    const show = () => world.change(pool.id, name, { labels: { ...labels, [HA_LABEL]: String(isOn) } });
    const mishap = fate.decide(`shown/${request}/${name}`, { 'shows-late': 0.12, 'shows-never': 0.06 });
    if (mishap === 'shows-late') {
      const lateMs = chance.between(15, 200, `shown/${request}/${name}/late`) * 1000;
      scheduler.at(scheduler.now() + lateMs, show, false);
    } else if (mishap === undefined) show();
  }

  return [
    [
      /^POST \/pools\/([^/]+)\/nodes\/batch-reset$/,
      ({ body }, [id], log) => {
        const pool = poolIn(world, id);
        const nodes = freeNodes(pool, body.nodeNames);
        const inUse = nodes.find(({ workload }) => workload !== undefined);
        if (inUse) throw badRequest(`a task is running on node ${inUse.name}`);
        return begun(world.startReset(pool, nodes, maxAtOnce(body), log.number), log);
      },
    ],
    [
      /^POST \/pools\/([^/]+)\/nodes\/batch-migrate$/,
      ({ body }, [id], log) => {
        const pool = poolIn(world, id);
        const to = poolIn(world, body.toPoolName ?? id);
        const nodes = freeNodes(pool, body.migrateNodeNames);
        if (fate.decide(`migration/${log.number}`, { 'no-quota': 0.06 }))
          throw badRequest(`pool ${to.id} has no quota left`);
        const supernodes = new Set(nodes.flatMap(({ labels }) => labels[SUPERNODE] ?? []));
        const others = [...pool.nodes.values()].filter((node) => !nodes.includes(node));
        log.effect = {
          // A node that is on its way out does not stay; a node that goes to another node pool of the pool does.
          staying: (to === pool ? [...pool.nodes.values()] : others).filter(
            (node) => node.phase !== 'Deleting' && !isLeaving(node),
          ).length,
          leftBehind: others
            .filter(({ labels }) => supernodes.has(labels[SUPERNODE] ?? ''))
            .map(({ name }) => name),
        };
        const there = { cluster: body.toClusterName, nodePool: body.resourceSpec?.nodePool };
        return begun(world.startMigration(pool, nodes, to, log.number, there), log);
      },
    ],
    [
      /^POST \/pools\/([^/]+)\/nodes\/batch-update$/,
      ({ body: { nodeNames, action, tags = [] } }, [id], log) => {
        const pool = poolIn(world, id);
        refuseLocked(nodeNames.flatMap((name: string) => pool.nodes.get(name) ?? []));
        const fates = new Map<string, string | undefined>(
          nodeNames.map((name: string) => [name, ofNode(pool, name, log.number)]),
        );
        const known = nodeNames.filter((name: string) => fates.get(name) === undefined);
        log.effect = { succeeded: known };
        for (const node of nodesNamed(pool, known)) {
          if (action.endsWith('Tags')) applyTags((node.tags ??= new Map()), action, tags);
          else setRedundancy(pool, node, action === 'openHaRedundant', log.number);
        }
        // The answer does not mention a silent node.
        const failed = nodeNames.filter((name: string) => fates.get(name) === 'node-fails');
        return ok({ successNodeNames: known, failNodeNames: failed });
      },
    ],
  ];
}

/** The nodes of these names, which a job may take. @throws ApiError where one of them is not there, in work, or locked. */
function freeNodes(pool: WorldPool, names: readonly string[]): WorldNode[] {
  const nodes = nodesNamed(pool, names);
  const busy = nodes.find((node) => isBusy(node) || node.job !== undefined);
  if (busy) throw badRequest(`node ${busy.name} is ${busy.phase}`);
  refuseLocked(nodes);
  return nodes;
}

/** The API names a node that is locked, or only says that there is one. */
function refuseLocked(nodes: readonly WorldNode[]): void {
  const first = nodes.find(({ locked }) => locked !== undefined);
  if (first) throw badRequest(`${first.locked === 'named' ? `node ${first.name}` : 'a node'} is locked`);
}

/** The answer to a request that a job has begun for. */
function begun(job: WorldJob, log: LoggedRequest): ApiAnswer {
  log.job = job.id;
  return ok({ job_id: job.id });
}
