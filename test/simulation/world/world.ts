import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { isIdle, isWell, showsDrivers, type WorldJob, type WorldNode, type WorldPool } from './pool.ts';

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

export type JobCourse =
  | 'success'
  | 'fails'
  | 'suspended'
  | 'suspended-for-good'
  | 'unknown-phase'
  | 'breaks-again'
  | 'flaps'
  | 'stuck';

/** Pools, nodes and jobs as they truly are, and how they came to be so. */
export type World = {
  pools: Map<string, WorldPool>;
  jobs: WorldJob[];
  /** Until then the API serves nobody. */
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
  /** @param nodePool to which they go there; absent: as they are called in the old pool. */
  startMigration(
    pool: WorldPool,
    nodes: WorldNode[],
    to: WorldPool,
    request: number | undefined,
    nodePool?: string,
  ): WorldJob;
  /** What somebody else does to nodes. `isSilent`: its job says nothing of them. */
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

  function remember(pool: string, name: string): void {
    const node = world.get(pool)?.nodes.get(name);
    const past = pasts.get(`${pool}/${name}`) ?? [];
    if (node) addresses.set(`${pool}/${node.ip}`, addresses.get(`${pool}/${node.ip}`) ?? name);
    past.push({
      fromMs: scheduler.now(),
      phase: node?.phase ?? '',
      well: node !== undefined && isWell(node),
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
      suspended: false,
      startedAtMs: scheduler.now(),
      message: '',
      nodes: names,
      request,
      text: hiding === 'silent-job' ? '' : JSON.stringify({ nodeNames: names }),
      hiddenUntilMs: hiddenUntil(id, hiding),
      pauses: [],
      over: false,
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

  function end(job: WorldJob, phase: string, message = ''): void {
    job.phase = phase;
    job.endedAtMs = scheduler.now();
    job.message = message;
    job.over = true;
    for (const name of job.nodes) {
      for (const pool of world.values()) {
        const node = pool.nodes.get(name);
        if (node?.job === job.id) delete node.job;
      }
    }
    trace('ModelArts', `${job.id} is over: ${phase}`);
  }

  function courseOf(job: WorldJob): JobCourse {
    const mishap = fate.decide(`${job.id}/course`, {
      fails: 0.12,
      suspended: 0.06,
      'suspended-for-good': 0.03,
      'unknown-phase': 0.03,
      'breaks-again': 0.08,
      flaps: 0.02,
      stuck: 0.03,
    });
    return (mishap ?? 'success') as JobCourse;
  }

  /** Takes the nodes of a job one after another, at most so many at once. */
  function roll(
    job: WorldJob,
    nodes: readonly WorldNode[],
    atOnce: number,
    { begin, nearEnd, finish }: Record<'begin' | 'nearEnd' | 'finish', (node: WorldNode) => void>,
  ): void {
    const course = courseOf(job);
    const left = [...nodes];
    let inWork = 0;
    let finished = 0;
    const breaksAt = Math.min(nodes.length - 1, chance.between(0, 2, `${job.id}/breaks`));

    function beginNext(): void {
      while (inWork < atOnce && left.length > 0) {
        const node = left.shift()!;
        inWork += 1;
        begin(node);
        const takesMs = chance.between(leastSeconds, mostSeconds, `${job.id}/${node.name}/takes`) * 1000;
        scheduler.at(scheduler.now() + takesMs * 0.8, () => isOpen() && nearEnd(node), false);
        scheduler.at(scheduler.now() + takesMs, () => isOpen() && finishNode(node), false);
      }
    }
    let paused = false;
    const waiting: (() => void)[] = [];
    const isOpen = () => isRunning();
    const isRunning = () => !job.over;

    function finishNode(node: WorldNode): void {
      if (course === 'stuck' && finished === breaksAt) return trace('ModelArts', `${job.id} never ends`);
      if (paused) {
        waiting.push(() => finishNode(node));
        return;
      }
      if (finished === breaksAt && breakOff(node)) return;
      finish(node);
      inWork -= 1;
      finished += 1;
      if (finished < nodes.length) return beginNext();
      end(job, course === 'unknown-phase' ? 'Rollback' : 'Success');
      if (course === 'flaps') for (const flapping of nodes) flap(job, flapping);
      if (course !== 'breaks-again') return;
      const again = nodes[0]!;
      const afterMs = chance.between(1, 120, `${job.id}/again`) * 1000;
      scheduler.at(
        scheduler.now() + afterMs,
        () => {
          trace('ModelArts', `${again.name} breaks again`);
          change(job.pool, again.name, { phase: 'Abnormal', ...(again.driver && { driver: 'Abnormal' }) });
        },
        false,
      );
    }

    /** Well for a while, at work on itself for a while, and so on. */
    function flap({ pool: id }: WorldJob, { name, driver }: WorldNode): void {
      let atMs = scheduler.now();
      for (let turn = 1; turn <= 4; turn += 1) {
        for (const phase of ['Checking', 'Available']) {
          atMs += chance.between(10, 70, `${job.id}/${name}/flap/${turn}/${phase}`) * 1000;
          scheduler.at(
            atMs,
            () => {
              const node = world.get(id)?.nodes.get(name);
              if (node?.job !== undefined || !['Available', 'Checking'].includes(node?.phase ?? '')) return;
              trace('ModelArts', `${name} flaps: ${phase}`);
              change(id, name, { phase, ...(driver && { driver: 'Running' }) });
            },
            false,
          );
        }
      }
    }

    /** @returns whether the node is not finished now. */
    function breakOff(node: WorldNode): boolean {
      if (course === 'fails') {
        for (const other of nodes) {
          if (!isIdle(other)) change(job.pool, other.name, { phase: 'Abnormal' });
        }
        end(job, 'Failed', `node ${node.name} did not come up`);
        return true;
      }
      if ((course === 'suspended' || course === 'suspended-for-good') && !job.suspended && !resumed) {
        job.suspended = true;
        job.pauses.push({ fromMs: scheduler.now() });
        paused = true;
        trace('ModelArts', `${job.id} is suspended`);
        waiting.push(() => finishNode(node));
        if (course === 'suspended') {
          scheduler.at(
            scheduler.now() + chance.between(1, 15, `${job.id}/resumes`) * 60_000,
            () => {
              job.suspended = false;
              job.pauses.at(-1)!.toMs = scheduler.now();
              paused = false;
              resumed = true;
              trace('ModelArts', `${job.id} goes on`);
              for (const go of waiting.splice(0)) go();
            },
            false,
          );
        }
        return true;
      }
      return false;
    }
    let resumed = false;
    beginNext();
  }

  function startReset(
    pool: WorldPool,
    nodes: WorldNode[],
    atOnce: number,
    request: number | undefined,
  ): WorldJob {
    const job = newJob('reset-nodes', pool, nodes, request);
    roll(job, nodes, atOnce, {
      begin: ({ name, driver }) =>
        change(pool.id, name, { phase: 'Creating', ...(driver && { driver: 'Pending' }) }),
      nearEnd: ({ name, driver }) =>
        change(pool.id, name, { phase: 'Checking', ...(driver && { driver: 'Running' }) }),
      finish: (node) => comeUp(job, node),
    });
    return job;
  }

  /** A node that was reset is well; or it takes a while longer, or its driver does; or it is no better for it, or its driver is not. */
  function comeUp(job: WorldJob, { name, driver, staysBroken }: WorldNode): void {
    const how = staysBroken
      ? 'stays-broken'
      : fate.decide(`${job.id}/${name}/comes-up`, {
          'late-node': 0.05,
          ...(driver && { 'late-driver': 0.08, 'dead-driver': 0.02 }),
        });
    const as = (phase: string, state: string) =>
      change(job.pool, name, { phase, ...(driver && { driver: state }) });
    if (how === 'stays-broken') return as('Abnormal', 'Abnormal');
    if (how === 'dead-driver') return as('Available', 'Abnormal');
    if (how === undefined) return as('Available', 'Running');
    const isNode = how === 'late-node';
    if (isNode) as('Checking', 'Running');
    else as('Available', 'Pending');
    scheduler.at(
      scheduler.now() + chance.between(10, 90, `${job.id}/${name}/comes-up`) * 1000,
      () => {
        const node = world.get(job.pool)?.nodes.get(name);
        const isStill = isNode ? node?.phase === 'Checking' : node?.driver === 'Pending';
        if (isStill && (node?.job === undefined || node.job === job.id)) as('Available', 'Running');
      },
      false,
    );
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
    startMigration(pool, nodes, to, request, nodePool) {
      const type = chance.pick(['migrate', 'node-migration', 'batch-migrate-nodes'], `${request}/type`);
      const job = newJob(type, pool, nodes, request);
      roll(job, nodes, nodes.length, {
        begin: ({ name }) => change(pool.id, name, { phase: to === pool ? 'Creating' : 'Deleting' }),
        nearEnd: () => {},
        finish(node) {
          if (to === pool) {
            const isMoved = !fate.decide(`${job.id}/${node.name}/arrives`, { 'stays-behind': 0.05 });
            if (isMoved)
              arrivals.push({ node: node.name, as: node.name, pool: to.id, atMs: scheduler.now() });
            const moved = isMoved && nodePool !== undefined ? { nodePool } : {};
            return change(pool.id, node.name, { phase: 'Available', ...moved });
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
          if (mishap === 'arrives-late') {
            scheduler.at(scheduler.now() + lateMs, arrive, false);
            return;
          }
          const as = arrive();
          if (mishap !== 'arrives-in-work') return;
          const phase = chance.pick(['Available', 'Available', 'Abnormal'], `${job.id}/${as}/idle`);
          scheduler.at(scheduler.now() + lateMs, () => change(to.id, as, { phase }), false);

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
              labels: { ...node.labels, 'os.modelarts.node/cluster': to.cluster },
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
