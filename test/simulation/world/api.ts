import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { maxAtOnce } from '#local/simulator/routes/reset-nodes';
import { WorkloadStatus, WorkloadType } from '#local/simulator/world/node';
import { isBusy } from '#local/simulator/world/node-state';
import type { WorldNode, WorldPool } from './pool.ts';
import type { World } from './world.ts';

/** An HTTP request as it reached the API. */
export type ApiRequest = { method: string; path: string; query: URLSearchParams; body: any };
export type ApiAnswer = { status: number; body: unknown; headers?: Record<string, string> };

/** One request that reached the API, and what really came of it. */
export type LoggedRequest = {
  number: number;
  by: string;
  method: string;
  /** The path behind the project. */
  path: string;
  pool: string | undefined;
  body: any;
  /** When its first byte left the process, and when it took effect. */
  sentAtMs: number;
  atMs: number;
  status: number;
  /** The differences from the vendor's page of its operation. */
  faults: readonly string[];
  /** Whether the one who sent it was told what came of it. */
  answered: boolean;
  /** What was odd about the answer to a reading. */
  odd?: string;
  /** The answer was an earlier one: when it was true. */
  trueAtMs?: number;
  job?: string;
  /** What it did, as the API's own books have it. */
  effect?: Record<string, any>;
};

/** The label of the supernode that a node is part of. */
const SUPERNODE = 'os.modelarts.node/batch.uid';

const STAYING_JOBS: readonly string[] = ['reset-nodes', 'reboot-node', 'replace-node'];

/** Workloads that were on nodes once: a list that has everything has them, too. */
const FINISHED = [
  { name: 'train-before', type: 'train', status: 'Completed', hostIps: '' },
  { name: 'notebook-before', type: 'notebook', status: 'Terminated', hostIps: '' },
];

const refusal = (status: number, code: string, message: string): ApiAnswer => ({
  status,
  body: { error_code: code, error_msg: message },
});

export type Route = [RegExp, (request: ApiRequest, parts: string[], log: LoggedRequest) => ApiAnswer];

/** What the API does for a request, as the vendor's pages describe it. */
export function createApi(
  world: World,
  { scheduler, chance, fate }: Pick<ProcessWorld, 'scheduler' | 'chance' | 'fate'>,
  skewMs: number,
  moreRoutes: readonly Route[] = [],
) {
  function withPool(id: string | undefined, answer: (pool: WorldPool) => ApiAnswer): ApiAnswer {
    const pool = world.pools.get(id ?? '');
    return pool ? answer(pool) : refusal(404, 'ModelArts.50015001', 'pool not found');
  }

  /** Whether a job waits to take a node away: what is reset or replaced by one stays. */
  function isLeaving({ job: id }: WorldNode): boolean {
    const job = id === undefined ? undefined : world.jobs.find((one) => one.id === id);
    return job !== undefined && !STAYING_JOBS.includes(job.type);
  }

  /** What goes wrong with one node of an update. */
  function ofNode(pool: WorldPool, name: string, request: number): string | undefined {
    if (!pool.nodes.has(name) || chance.happens(0.06, `${name}/never`)) return 'node-fails';
    return fate.decide(`update/${request}/${name}`, { 'node-fails': 0.08, 'node-silent': 0.05 });
  }

  /** Of a workload: what kind it is of, and how it stands. It is on a node as long as it is in the world. */
  function kindOf(name: string | undefined): { type: string; status: string } {
    return {
      type: chance.pick(['train', 'train', 'infer', 'notebook', 'x-infer'], `workload/${name}/type`),
      status: chance.pick(['Running', 'Running', 'Creating', 'Abnormal', 'Terminating'], `workload/${name}`),
    };
  }

  /** The page leaves open what the list has where no kind and no status is asked for: worlds differ in it. */
  const showsAll = chance.happens(0.7, 'workloads/all-of-them');

  function isAskedFor(query: URLSearchParams) {
    const asked = (field: string, byDefault: string) =>
      query.get(field) ?? (showsAll ? undefined : byDefault);
    const [askedType, askedStatus] = [asked('type', 'train'), asked('status', 'Running')];
    return ({ type, status }: { type: string; status: string }): boolean =>
      (askedType ?? type) === type && (askedStatus ?? status) === status;
  }

  /** The page of the counts names three kinds. Worlds differ in whether the fourth has counts, and a count of 0; some do not know the path. */
  const counting = chance.pick(
    ['pages-kinds', 'pages-kinds', 'all-kinds', 'no-zeros', 'none'],
    'workloads/counts',
  );

  function countsOf(entries: readonly { type: string; status: string }[]) {
    const kinds = counting === 'all-kinds' ? WorkloadType.options : WorkloadType.options.slice(0, 3);
    const items = kinds.flatMap((type) => {
      const own = entries.filter((entry) => entry.type === type);
      const counts = WorkloadStatus.options
        .map((status): [string, number] => [status, own.filter((entry) => entry.status === status).length])
        .filter(([, count]) => counting !== 'no-zeros' || count > 0);
      return counts.length > 0 ? [{ type, total: own.length, status: Object.fromEntries(counts) }] : [];
    });
    return { statistics: { total: items.length, items } };
  }

  function workloadsOf(pool: WorldPool) {
    const nodes = [...pool.nodes.values()].filter(({ workload }) => workload !== undefined);
    const items = [...Map.groupBy(nodes, ({ workload }) => workload)].map(([name, hosts]) => ({
      ...kindOf(name),
      name,
      hostIps: hosts.map(({ ip }) => ip).join(','),
    }));
    return [...items, ...FINISHED];
  }

  const routes: Route[] = [
    ...moreRoutes,
    [
      /^GET \/pools\/([^/]+)\/nodes$/,
      (_request, [id]) =>
        withPool(id, (pool) => ({
          status: 200,
          body: {
            apiVersion: 'v2',
            kind: 'NodeList',
            metadata: {},
            items: [...pool.nodes.values()].map(renderNode),
          },
        })),
    ],
    [
      /^GET \/pools\/([^/]+)\/workloads$/,
      ({ query }, [id]) =>
        withPool(id, (pool) => {
          const shown = workloadsOf(pool).filter(isAskedFor(query));
          return { status: 200, body: { count: shown.length, items: shown } };
        }),
    ],
    [
      /^GET \/statistics\/pools\/([^/]+)\/workloads$/,
      (_request, [id]) =>
        counting === 'none'
          ? refusal(404, 'APIGW.0101', 'The API does not exist or has not been published')
          : withPool(id, (pool) => ({ status: 200, body: countsOf(workloadsOf(pool)) })),
    ],
    [
      /^GET \/jobs$/,
      ({ query }) => {
        const items = world.jobs
          .filter(({ pool }) => pool === query.get('name'))
          .filter(({ hiddenUntilMs }) => hiddenUntilMs <= scheduler.now())
          .filter(({ startedAtMs }) => startedAtMs + skewMs >= Number(query.get('since') ?? 0))
          .map((job) => renderJob(job, skewMs));
        return { status: 200, body: { count: items.length, items } };
      },
    ],
    [
      /^GET \/jobs\/([^/]+)$/,
      (_request, [id]) => {
        const job = world.jobs.find((one) => one.id === id && one.hiddenUntilMs <= scheduler.now());
        return job
          ? { status: 200, body: renderJob(job, skewMs) }
          : refusal(404, 'ModelArts.50015003', 'job not found');
      },
    ],
    [
      /^GET \/pools\/([^/]+)$/,
      (_request, [id]) =>
        withPool(id, (pool) => {
          const { type, controlMode, billing, hasClusters } = pool.shown ?? {
            type: 'Dedicate',
            controlMode: 0,
            billing: '0',
            hasClusters: true,
          };
          return {
            status: 200,
            body: {
              metadata: {
                name: pool.id,
                labels: {},
                annotations: billing === undefined ? {} : { 'os.modelarts/billing.mode': billing },
              },
              spec: { type, controlMode },
              status: {
                phase: 'Running',
                ...(hasClusters && { clusters: [{ name: pool.cluster }] }),
                resources: {},
              },
            },
          };
        }),
    ],
    [
      /^POST \/pools\/([^/]+)\/nodes\/batch-reset$/,
      ({ body }, [id], log) =>
        withPool(id, (pool) => {
          const nodes = named(pool, body.nodeNames);
          if (!Array.isArray(nodes)) return nodes;
          const busy = nodes.find((node) => isBusy(node) || node.job !== undefined);
          if (busy) return refusal(400, 'ModelArts.50004000', `node ${busy.name} is ${busy.phase}`);
          const locked = refusalOfLocked(nodes);
          if (locked) return locked;
          const inUse = nodes.find(({ workload }) => workload !== undefined);
          if (inUse) return refusal(400, 'ModelArts.50004000', `a task is running on node ${inUse.name}`);
          const job = world.startReset(pool, nodes, maxAtOnce(body), log.number);
          log.job = job.id;
          return { status: 200, body: { job_id: job.id } };
        }),
    ],
    [
      /^POST \/pools\/([^/]+)\/nodes\/batch-migrate$/,
      ({ body }, [id], log) =>
        withPool(id, (pool) =>
          withPool(body.toPoolName ?? id, (to) => {
            const nodes = named(pool, body.migrateNodeNames);
            if (!Array.isArray(nodes)) return nodes;
            const busy = nodes.find((node) => isBusy(node) || node.job !== undefined);
            if (busy) return refusal(400, 'ModelArts.50004000', `node ${busy.name} is ${busy.phase}`);
            const locked = refusalOfLocked(nodes);
            if (locked) return locked;
            if (fate.decide(`migration/${log.number}`, { 'no-quota': 0.06 }))
              return refusal(400, 'ModelArts.50004000', `pool ${to.id} has no quota left`);
            const supernodes = new Set(nodes.flatMap(({ labels }) => labels[SUPERNODE] ?? []));
            log.effect = {
              // Whoever is on the way out already does not stay; who goes to another node pool of the pool does.
              staying: [...pool.nodes.values()].filter(
                (node) =>
                  node.phase !== 'Deleting' && !isLeaving(node) && (to === pool || !nodes.includes(node)),
              ).length,
              leftBehind: [...pool.nodes.values()]
                .filter(({ labels }) => supernodes.has(labels[SUPERNODE] ?? ''))
                .filter((node) => !nodes.includes(node))
                .map(({ name }) => name),
            };
            const job = world.startMigration(pool, nodes, to, log.number, body.resourceSpec?.nodePool);
            log.job = job.id;
            return { status: 200, body: { job_id: job.id } };
          }),
        ),
    ],
    [
      /^POST \/pools\/([^/]+)\/nodes\/batch-update$/,
      ({ body }, [id], log) =>
        withPool(id, (pool) => {
          const locked = refusalOfLocked(
            body.nodeNames.flatMap((name: string) => pool.nodes.get(name) ?? []),
          );
          if (locked) return locked;
          const fates = new Map<string, string | undefined>(
            body.nodeNames.map((name: string) => [name, ofNode(pool, name, log.number)]),
          );
          const known = body.nodeNames.filter((name: string) => fates.get(name) === undefined);
          log.effect = { succeeded: known };
          for (const name of known) {
            const node = pool.nodes.get(name)!;
            if (!String(body.action).endsWith('HaRedundant')) {
              node.tags ??= {};
              for (const { key, value } of body.tags ?? []) {
                if (body.action === 'createTags') node.tags[key] = value;
                else if (node.tags[key] === value) delete node.tags[key];
              }
              continue;
            }
            const on = String(body.action === 'openHaRedundant');
            const show = () =>
              world.change(pool.id, name, {
                labels: { ...node.labels, 'os.modelarts.node/ha.redundant.enabled': on },
              });
            const mishap = fate.decide(`shown/${log.number}/${name}`, {
              'shows-late': 0.12,
              'shows-never': 0.06,
            });
            if (mishap === 'shows-late') {
              const lateMs = chance.between(15, 200, `shown/${log.number}/${name}/late`) * 1000;
              scheduler.at(scheduler.now() + lateMs, show, false);
            } else if (mishap === undefined) show();
          }
          // Of a silent node nothing is said.
          const failed = body.nodeNames.filter((name: string) => fates.get(name) === 'node-fails');
          return { status: 200, body: { successNodeNames: known, failNodeNames: failed } };
        }),
    ],
  ];

  return function answer(request: ApiRequest, log: LoggedRequest): ApiAnswer {
    if (scheduler.now() < world.outUntilMs) return refusal(503, 'APIGW.0106', 'service unavailable');
    const key = `${request.method} ${log.path}`;
    for (const [pattern, handle] of routes) {
      const match = pattern.exec(key);
      if (match) return handle(request, match.slice(1).map(decodeURIComponent), log);
    }
    return {
      status: 404,
      body: { error_code: 'APIGW.0101', error_msg: 'API does not exist', request_id: 'r' },
    };
  };
}

/** When the nodes were made of which a scenario does not say it. */
const LONG_AGO_MS = Date.parse('2026-08-01T02:03:04Z');

function renderNode({
  name,
  ip,
  phase,
  driver,
  labels,
  nodePool,
  flavor,
  subnet,
  createdAtMs = LONG_AGO_MS,
  versions = {},
}: WorldNode) {
  return {
    metadata: {
      name,
      labels: {
        'os.modelarts.node/nodepoolname': nodePool,
        'os.modelarts.node/nodepool': nodePool,
        ...labels,
      },
      annotations: {},
      creationTimestamp: new Date(createdAtMs).toISOString(),
    },
    spec: { flavor, ...(subnet !== undefined && { hostNetwork: { subnet } }) },
    status: {
      phase,
      privateIp: ip,
      ...(driver && { driver: { phase: driver, ...(versions.driver && { version: versions.driver }) } }),
      ...(versions.os && { os: { name: versions.os } }),
      ...(versions.plugins && { plugins: versions.plugins }),
    },
  };
}

function renderJob(job: World['jobs'][number], skewMs: number) {
  return {
    jobId: job.id,
    type: job.type,
    phase: job.phase,
    suspend: job.suspendedAtMs !== undefined,
    startTimestamp: job.startedAtMs + skewMs,
    ...(job.endedAtMs !== undefined && { endTimestamp: job.endedAtMs + skewMs }),
    involvedObjects: JSON.stringify([{ kind: 'pools', name: job.pool }]),
    inputs: job.text,
    message: job.message,
  };
}

/** What the API says where one of the nodes is locked: it names it, or only says that there is one. */
function refusalOfLocked(nodes: readonly WorldNode[]): ApiAnswer | undefined {
  const first = nodes.find(({ locked }) => locked !== undefined);
  if (!first) return undefined;
  const which = first.locked === 'named' ? `node ${first.name}` : 'a node';
  return refusal(400, 'ModelArts.50004000', `${which} is locked`);
}

/** The nodes of these names, or that some are not there. */
function named(pool: WorldPool, names: readonly string[]): WorldNode[] | ApiAnswer {
  const missing = names.filter((name) => !pool.nodes.has(name));
  if (missing.length > 0) return refusal(404, 'ModelArts.50005100', `node ${missing.join(', ')} not found`);
  return names.map((name) => pool.nodes.get(name)!);
}
