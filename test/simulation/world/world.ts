import type { ProcessWorld } from '#local/rehearsal/engine/process';
import type { JobCourse } from '#local/simulator/world/job';
import { type RollingWork, resumeJob, rollThrough } from '#local/simulator/world/job-steps';
import { isWell, NODE_STATES } from '#local/simulator/world/node-state';
import { showsDrivers, type WorldJob, type WorldNode, type WorldPool } from './pool.ts';

/** The label of the cluster that a node is in. */
const CLUSTER = 'os.modelarts.node/cluster';

/** How a node was for a while. */
export type Stretch = {
  fromMs: number;
  phase: string;
  well: boolean;
  workload: string | undefined;
  present: boolean;
  nodePool: string | undefined;
  labels: Readonly<Record<string, string>>;
};

/** The course of a job in the core that stands for a mishap. After the others, something happens to its nodes. */
function courseOf(mishap = '', afterNodes = 0): JobCourse {
  switch (mishap) {
    case 'fails':
      return { kind: 'fail', afterNodes, message: 'a node did not come up' };
    case 'suspended':
    case 'suspended-for-good':
      return { kind: 'suspend', afterNodes };
    case 'stuck':
      return { kind: 'hang', afterNodes };
    case 'unknown-phase':
      return { kind: 'end-as', phase: 'Rollback' };
    default:
      return { kind: 'succeed' };
  }
}

/** A state as the API shows it: without a driver where the node shows none. */
function shown({ driver }: WorldNode, { phase, driverPhase }: { phase: string; driverPhase: string }) {
  return { phase, ...(driver && { driver: driverPhase }) };
}

/** Pools, nodes and jobs as they truly are, and how they came to be so. */
export type World = {
  pools: Map<string, WorldPool>;
  jobs: WorldJob[];
  /** Until then the API answers no request. */
  outUntilMs: number;
  /** Nodes that have migrated, and their names there. */
  arrivals: { node: string; as: string; pool: string; atMs: number }[];
  /** Changes a node, and keeps how it was before. */
  change(pool: string, node: string, changes: Partial<WorldNode>): void;
  /** Every node that was ever in a pool. */
  namesOf(pool: string): string[];
  /** The node that a name or an address stands for, now or once. */
  nameOf(pool: string, nameOrAddress: string): string | undefined;
  remove(pool: string, node: string): void;
  add(pool: string, node: WorldNode): void;
  /** The stretches of a node's past, oldest first. */
  past(pool: string, node: string): readonly Stretch[];
  /** Whether something was true of a node at any moment of a span of time. */
  ever(pool: string, node: string, fromMs: number, toMs: number, is: (stretch: Stretch) => boolean): boolean;
  startReset(pool: WorldPool, nodes: WorldNode[], atOnce: number, request: number | undefined): WorldJob;
  /** @param there the cluster and the node pool to which they go; absent: as they are called in the old pool. */
  startMigration(
    pool: WorldPool,
    nodes: WorldNode[],
    to: WorldPool,
    request: number | undefined,
    there: { cluster?: string | undefined; nodePool?: string | undefined },
  ): WorldJob;
  /** Other people's work on nodes. `isSilent`: its job does not name them. */
  startOthers(pool: WorldPool, nodes: WorldNode[], type: string, isSilent: boolean): WorldJob;
};

export function createWorld(
  pools: readonly WorldPool[],
  { scheduler, chance, fate, trace }: ProcessWorld,
  [leastSeconds, mostSeconds]: readonly [number, number] = [20, 200],
): World {
  const world = new Map(pools.map((pool) => [pool.id, pool]));
  const jobs: WorldJob[] = [];
  const arrivals: World['arrivals'] = [];
  const pasts = new Map<string, Stretch[]>();
  const addresses = new Map<string, string>();
  const steps = {
    schedule: (atMs: number, happening: (atMs: number) => void) =>
      scheduler.at(atMs, () => happening(scheduler.now()), false),
  };
  const later = (afterMs: number, run: () => void): void => {
    scheduler.at(scheduler.now() + afterMs, run, false);
  };

  function remember(pool: string, name: string): void {
    const node = world.get(pool)?.nodes.get(name);
    const past = pasts.get(`${pool}/${name}`) ?? [];
    if (node) addresses.set(`${pool}/${node.ip}`, addresses.get(`${pool}/${node.ip}`) ?? name);
    past.push({
      fromMs: scheduler.now(),
      phase: node?.phase ?? '',
      well: node !== undefined && isWell(node.phase, node.driver),
      workload: node?.workload,
      present: node !== undefined,
      nodePool: node?.nodePool,
      labels: { ...node?.labels },
    });
    pasts.set(`${pool}/${name}`, past);
  }
  for (const pool of pools) for (const name of pool.nodes.keys()) remember(pool.id, name);

  function change(pool: string, name: string, changes: Partial<WorldNode>): void {
    const node = world.get(pool)?.nodes.get(name);
    if (!node) return;
    Object.assign(node, changes);
    remember(pool, name);
  }

  function newJob(
    type: string,
    pool: WorldPool,
    nodes: readonly WorldNode[],
    request: number | undefined,
  ): WorldJob {
    const id = `job-${jobs.length + 1}`;
    const hiding = fate.decide(`${id}/hidden`, {
      'hidden-job': 0.15,
      'silent-job': 0.15,
      'long-hidden-job': 0.01,
    });
    const names = nodes.map(({ name }) => name);
    const job: WorldJob = {
      id,
      type,
      pool: pool.id,
      phase: 'Running',
      startedAtMs: scheduler.now(),
      message: '',
      steps: new Set(),
      works: nodes.map((node) => ({
        node,
        durationMs: chance.between(leastSeconds, mostSeconds, `${id}/${node.name}/takes`) * 1000,
      })),
      nodes: names,
      request,
      text: hiding === 'silent-job' ? '' : JSON.stringify({ nodeNames: names }),
      hiddenUntilMs: hiddenUntil(id, hiding),
      pauses: [],
    };
    jobs.push(job);
    for (const node of nodes) node.job = id;
    trace('ModelArts', `starts ${id} (${type}) of ${names.join(', ')}${hiding ? `: ${hiding}` : ''}`);
    return job;
  }

  function hiddenUntil(id: string, hiding: string | undefined): number {
    if (hiding === 'hidden-job') return scheduler.now() + chance.between(5, 100, `${id}/hidden`) * 1000;
    if (hiding === 'long-hidden-job')
      return scheduler.now() + chance.between(100, 450, `${id}/hidden`) * 1000;
    return 0;
  }

  /** Draws the course of a job, and the state of its nodes after it. */
  function drawCourse({ id, works }: WorldJob) {
    const mishap = fate.decide(`${id}/course`, {
      fails: 0.12,
      suspended: 0.06,
      'suspended-for-good': 0.03,
      'unknown-phase': 0.03,
      'breaks-again': 0.08,
      flaps: 0.02,
      stuck: 0.03,
    });
    const afterNodes = Math.min(works.length - 1, chance.between(0, 2, `${id}/breaks`));
    return { mishap, course: courseOf(mishap, afterNodes) };
  }

  /** Takes the nodes of a job one after another, at most so many at once. */
  function roll(
    job: WorldJob,
    maxAtOnce: number,
    effects: Pick<RollingWork<WorldNode>, 'begin' | 'nearEnd' | 'finish'>,
  ): void {
    const { mishap, course } = drawCourse(job);
    if (mishap === 'stuck') trace('ModelArts', `${job.id} never ends`);
    rollThrough(
      steps,
      job,
      {
        ...effects,
        maxAtOnce,
        course,
        abandon: ({ name }) => change(job.pool, name, { phase: NODE_STATES.broken.phase }),
        suspended: () => suspended(job, mishap === 'suspended'),
        ended: () => ended(job, mishap),
      },
      scheduler.now(),
    );
  }

  function suspended(job: WorldJob, goesOn: boolean): void {
    job.pauses.push({ fromMs: scheduler.now() });
    trace('ModelArts', `${job.id} is suspended`);
    if (!goesOn) return;
    later(chance.between(1, 15, `${job.id}/resumes`) * 60_000, () => {
      job.pauses.at(-1)!.toMs = scheduler.now();
      trace('ModelArts', `${job.id} goes on`);
      resumeJob(steps, job, scheduler.now());
    });
  }

  function ended(job: WorldJob, mishap: string | undefined): void {
    for (const { name } of job.works.map(({ node }) => node)) {
      for (const pool of world.values()) {
        const node = pool.nodes.get(name);
        if (node?.job === job.id) delete node.job;
      }
    }
    trace('ModelArts', `${job.id} is over: ${job.phase}`);
    if (mishap === 'flaps') for (const { node } of job.works) flap(job, node);
    const again = job.works[0]?.node;
    if (mishap !== 'breaks-again' || !again) return;
    later(chance.between(1, 120, `${job.id}/again`) * 1000, () => {
      trace('ModelArts', `${again.name} breaks again`);
      change(job.pool, again.name, shown(again, NODE_STATES.broken));
    });
  }

  /** Well for a while, at work on itself for a while, and so on. */
  function flap({ id: job, pool }: WorldJob, { name, driver }: WorldNode): void {
    let afterMs = 0;
    for (let turn = 1; turn <= 4; turn += 1) {
      for (const phase of ['Checking', 'Available']) {
        afterMs += chance.between(10, 70, `${job}/${name}/flap/${turn}/${phase}`) * 1000;
        later(afterMs, () => {
          const node = world.get(pool)?.nodes.get(name);
          if (node?.job !== undefined || !['Available', 'Checking'].includes(node?.phase ?? '')) return;
          trace('ModelArts', `${name} flaps: ${phase}`);
          change(pool, name, { phase, ...(driver && { driver: 'Running' }) });
        });
      }
    }
  }

  function startReset(
    pool: WorldPool,
    nodes: WorldNode[],
    atOnce: number,
    request: number | undefined,
  ): WorldJob {
    const job = newJob('reset-nodes', pool, nodes, request);
    roll(job, atOnce, {
      begin: (node) => change(pool.id, node.name, shown(node, NODE_STATES.settingUp)),
      nearEnd: (node) => change(pool.id, node.name, shown(node, NODE_STATES.checking)),
      finish: (node) => comeUp(job, node),
    });
    return job;
  }

  /** A node that was reset is well; or it takes a while longer, or its driver does; or it is no better for it, or its driver is not. */
  function comeUp(job: WorldJob, one: WorldNode): void {
    const { name, driver, staysBroken } = one;
    const how = staysBroken
      ? 'stays-broken'
      : fate.decide(`${job.id}/${name}/comes-up`, {
          'late-node': 0.05,
          ...(driver && { 'late-driver': 0.08, 'dead-driver': 0.02 }),
        });
    const { well, broken, checking } = NODE_STATES;
    const as = (state: { phase: string; driverPhase: string }) => change(job.pool, name, shown(one, state));
    if (how === 'stays-broken') return as(broken);
    if (how === 'dead-driver') return as({ ...well, driverPhase: 'Abnormal' });
    if (how === undefined) return as(well);
    const isNode = how === 'late-node';
    as(isNode ? checking : { ...well, driverPhase: 'Pending' });
    later(chance.between(10, 90, `${job.id}/${name}/comes-up`) * 1000, () => {
      const node = world.get(job.pool)?.nodes.get(name);
      const isStill = isNode ? node?.phase === 'Checking' : node?.driver === 'Pending';
      if (isStill && (node?.job === undefined || node.job === job.id)) as(well);
    });
  }

  return {
    pools: world,
    jobs,
    outUntilMs: 0,
    arrivals,
    change,
    namesOf: (pool) =>
      [...pasts.keys()].filter((key) => key.startsWith(`${pool}/`)).map((key) => key.slice(pool.length + 1)),
    nameOf: (pool, text) =>
      pasts.has(`${pool}/${text}`) ? text : addresses.get(`${pool}/${text.replace(/:\d+$/, '')}`),
    remove(pool, name) {
      world.get(pool)?.nodes.delete(name);
      remember(pool, name);
    },
    add(pool, node) {
      world.get(pool)?.nodes.set(node.name, node);
      remember(pool, node.name);
    },
    past: (pool, name) => pasts.get(`${pool}/${name}`) ?? [],
    ever(pool, name, fromMs, toMs, is) {
      const past = pasts.get(`${pool}/${name}`) ?? [];
      return past.some((stretch, index) => {
        const untilMs = past[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
        return stretch.fromMs <= toMs && untilMs >= fromMs && is(stretch);
      });
    },
    startReset,
    startOthers(pool, nodes, type, isSilent) {
      const job = startReset(pool, nodes, nodes.length, undefined);
      job.type = type;
      job.text = isSilent ? '' : JSON.stringify({ nodeNames: job.nodes });
      job.hiddenUntilMs = 0;
      return job;
    },
    startMigration(pool, nodes, to, request, { cluster, nodePool }) {
      const type = chance.pick(['migrate', 'node-migration', 'batch-migrate-nodes'], `${request}/type`);
      const job = newJob(type, pool, nodes, request);
      roll(job, nodes.length, {
        begin: ({ name }) => change(pool.id, name, { phase: to === pool ? 'Creating' : 'Deleting' }),
        nearEnd: () => {},
        finish(node) {
          if (to === pool) {
            const isMoved = !fate.decide(`${job.id}/${node.name}/arrives`, { 'stays-behind': 0.05 });
            if (isMoved)
              arrivals.push({ node: node.name, as: node.name, pool: to.id, atMs: scheduler.now() });
            const moved = {
              ...(nodePool !== undefined && { nodePool }),
              ...(cluster !== undefined && { labels: { ...node.labels, [CLUSTER]: cluster } }),
            };
            return change(pool.id, node.name, { phase: 'Available', ...(isMoved && moved) });
          }
          const { job: _job, workload: _workload, driver: before, ...rest } = node;
          const isShown = showsDrivers(to) ?? before !== undefined;
          const driver = isShown ? { driver: before ?? 'Running' } : {};
          const mishap = fate.decide(`${job.id}/${node.name}/arrives`, {
            'arrives-late': 0.1,
            'arrives-in-work': 0.1,
            'never-arrives': 0.05,
            'stays-behind': 0.05,
          });
          if (mishap) trace('ModelArts', `${node.name}: ${mishap}`);
          if (mishap === 'stays-behind') return change(pool.id, node.name, { phase: 'Available' });
          pool.nodes.delete(node.name);
          remember(pool.id, node.name);
          if (mishap === 'never-arrives') return;
          const lateMs = chance.between(20, 220, `${job.id}/${node.name}/late`) * 1000;
          if (mishap === 'arrives-late') return later(lateMs, arrive);
          const as = arrive();
          if (mishap !== 'arrives-in-work') return;
          const phase = chance.pick(['Available', 'Available', 'Abnormal'], `${job.id}/${as}/idle`);
          later(lateMs, () => change(to.id, as, { phase }));

          function arrive(): string {
            // Some come under another name.
            const name = chance.happens(0.4, `${job.id}/${node.name}/renamed`) ? `${node.name}m` : node.name;
            arrivals.push({ node: node.name, as: name, pool: to.id, atMs: scheduler.now() });
            to.nodes.set(name, {
              ...rest,
              ...driver,
              ...(nodePool !== undefined && { nodePool }),
              name,
              phase: mishap === 'arrives-in-work' ? 'Checking' : 'Available',
              labels: { ...node.labels, [CLUSTER]: to.cluster },
            });
            remember(to.id, name);
            return name;
          }
        },
      });
      return job;
    },
  };
}
