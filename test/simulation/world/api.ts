import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { ApiError, jobNotFound } from '#local/simulator/api-error';
import { WorkloadType } from '#local/simulator/world/node';
import { COUNTED_TYPES, countWorkloads } from '#local/simulator/world/workload-counts';
import { changingRoutes } from './changing-routes.ts';
import { poolIn, type WorldPool } from './pool.ts';
import { type ApiAnswer, type ApiRequest, type LoggedRequest, ok, type Route } from './route.ts';
import { renderJob, renderNode, renderPool } from './shown.ts';
import type { World } from './world.ts';

/** Workloads that were on nodes once: a list that has everything has them, too. */
const FINISHED = [
  { name: 'train-before', type: 'train', status: 'Completed', hostIps: '' },
  { name: 'notebook-before', type: 'notebook', status: 'Terminated', hostIps: '' },
];

const notPublished = (): ApiError =>
  new ApiError(404, 'APIGW.0101', 'The API does not exist or has not been published');

/** The API, as the vendor's pages describe it. */
export function createApi(
  world: World,
  context: Pick<ProcessWorld, 'scheduler' | 'chance' | 'fate'>,
  skewMs: number,
  moreRoutes: readonly Route[] = [],
) {
  const { scheduler, chance } = context;

  /** The kind and the state of a workload. It is on a node as long as it is in the world. */
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

  /** An earlier version of the page has another name. */
  const counts = chance.happens(0.2, 'workloads/counts/name') ? 'statics' : 'statistics';

  function countsOf(entries: readonly { type: string; status: string }[]) {
    const all = countWorkloads(entries, counting === 'all-kinds' ? WorkloadType.options : COUNTED_TYPES);
    if (counting !== 'no-zeros') return { [counts]: { total: all.length, items: all } };
    const items = all
      .filter(({ total }) => total > 0)
      .map(({ status, ...own }) => ({
        ...own,
        status: Object.fromEntries(Object.entries(status).filter(([, count]) => count > 0)),
      }));
    return { [counts]: { total: items.length, items } };
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
    ...changingRoutes(world, context),
    [
      /^GET \/pools\/([^/]+)\/nodes$/,
      (_request, [id]) =>
        ok({
          apiVersion: 'v2',
          kind: 'NodeList',
          metadata: {},
          items: [...poolIn(world, id).nodes.values()].map(renderNode),
        }),
    ],
    [
      /^GET \/pools\/([^/]+)\/workloads$/,
      ({ query }, [id]) => {
        const items = workloadsOf(poolIn(world, id)).filter(isAskedFor(query));
        return ok({ count: items.length, items });
      },
    ],
    [
      /^GET \/statistics\/pools\/([^/]+)\/workloads$/,
      (_request, [id]) => {
        if (counting === 'none') throw notPublished();
        return ok(countsOf(workloadsOf(poolIn(world, id))));
      },
    ],
    [
      /^GET \/jobs$/,
      ({ query }) => {
        const items = world.jobs
          .filter(({ pool }) => pool === query.get('name'))
          .filter(({ hiddenUntilMs }) => hiddenUntilMs <= scheduler.now())
          .filter(({ startedAtMs }) => startedAtMs + skewMs >= Number(query.get('since') ?? 0))
          .map((job) => renderJob(job, skewMs));
        return ok({ count: items.length, items });
      },
    ],
    [
      /^GET \/jobs\/([^/]+)$/,
      (_request, [id = '']) => {
        const job = world.jobs.find((one) => one.id === id && one.hiddenUntilMs <= scheduler.now());
        if (!job) throw jobNotFound(id);
        return ok(renderJob(job, skewMs));
      },
    ],
    [/^GET \/pools\/([^/]+)$/, (_request, [id]) => ok(renderPool(poolIn(world, id)))],
  ];

  function answerTo(request: ApiRequest, log: LoggedRequest): ApiAnswer {
    const key = `${request.method} ${log.path}`;
    for (const [pattern, handle] of routes) {
      const match = pattern.exec(key);
      if (match) return handle(request, match.slice(1).map(decodeURIComponent), log);
    }
    throw notPublished();
  }

  return function answer(request: ApiRequest, log: LoggedRequest): ApiAnswer {
    try {
      if (scheduler.now() < world.outUntilMs) throw new ApiError(503, 'APIGW.0106', 'service unavailable');
      return answerTo(request, log);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { status, code, message } = error;
      return { status, body: { error_code: code, error_msg: message } };
    }
  };
}
