import { createAgenda } from '#local/simulator/world/agenda';
import type { JobProgress } from '#local/simulator/world/job';
import { endJob, hurryJob, type RollingWork, rollThrough } from '#local/simulator/world/job-steps';
import { NODE_STATES } from '#local/simulator/world/node-state';
import { type FakeNode, type FakePool, nodesNamed, poolIn } from './pool.ts';

/** A job of the API. Tests may change what the list shows of it. */
export type FakeJob = JobProgress<FakeNode> & {
  jobId: string;
  type?: string;
  suspended: boolean;
  text: string;
  /** The phases of nodes after its end, in place of those that a good end brings. */
  after: Readonly<Record<string, string>>;
  /** In place of the usual change of each node at the end of its work. */
  finish?: (node: FakeNode) => unknown;
};

/** The jobs of pools. They do to their nodes what the simulator's do, and end when a test says so. */
export function createFakeJobs(now: () => number, pools: ReadonlyMap<string, FakePool>) {
  const jobs: FakeJob[] = [];
  /** Never runs by itself: a job goes on when a test says so. */
  const agenda = createAgenda();

  function addJob(fields: Partial<FakeJob> & Pick<FakeJob, 'text'>): FakeJob {
    const job: FakeJob = {
      jobId: `job-${jobs.length + 1}`,
      phase: 'Running',
      message: '',
      suspended: false,
      startedAtMs: now(),
      works: [],
      steps: new Set(),
      after: {},
      ...fields,
    };
    jobs.push(job);
    return job;
  }

  type Effects = Pick<RollingWork<FakeNode>, 'begin' | 'finish'> & Partial<RollingWork<FakeNode>>;

  function start(type: string | undefined, nodes: readonly FakeNode[], effects: Effects): { jobId: string } {
    const job = addJob({
      ...(type !== undefined && { type }),
      text: JSON.stringify(nodes.map(({ name }) => name)),
      works: nodes.map((node) => ({ node, durationMs: Number.POSITIVE_INFINITY })),
    });
    const work: RollingWork<FakeNode> = {
      maxAtOnce: nodes.length,
      course: { kind: 'succeed' },
      nearEnd: () => {},
      abandon: ({ name }) => setPhase(name, NODE_STATES.broken.phase),
      ...effects,
      finish(node) {
        (job.finish ?? effects.finish)(node);
        const phase = job.after[node.name];
        if (phase !== undefined) setPhase(node.name, phase);
      },
    };
    rollThrough(agenda, job, work, now());
    return { jobId: job.jobId };
  }

  function setPhase(name: string, phase: string): void {
    for (const { nodes } of pools.values()) {
      const node = nodes.get(name);
      if (node) node.phase = phase;
    }
  }

  function startMigration(from: FakePool, { migrateNodeNames, toPoolName }: any) {
    return start(undefined, nodesNamed(from, migrateNodeNames), {
      begin: (node) => Object.assign(node, { phase: 'Deleting' }),
      finish(node) {
        from.nodes.delete(node.name);
        const to = toPoolName === undefined ? from : poolIn(pools, toPoolName);
        to.nodes.set(node.name, { ...node, phase: NODE_STATES.well.phase });
      },
    });
  }

  function startReset(type: string, pool: FakePool, nodeNames: readonly string[]): { jobId: string } {
    return start(type, nodesNamed(pool, nodeNames), {
      begin: (node) => setState(node, NODE_STATES.settingUp),
      nearEnd: (node) => setState(node, NODE_STATES.checking),
      finish: (node) => setState(node, NODE_STATES.well),
    });
  }

  /** Ends a job: it does the rest of its work, or fails. `after`: the phases of nodes after that, where they are others. */
  function endNow(jobId: string, phase = 'Success', after: Readonly<Record<string, string>> = {}): void {
    const job = jobs.find((candidate) => candidate.jobId === jobId)!;
    job.after = after;
    if (phase === 'Success') hurryJob(job, now());
    else for (const { name } of endJob(job, now(), phase, '')) setPhase(name, after[name] ?? 'Abnormal');
    job.phase = phase;
  }

  return { jobs, addJob, startReset, startMigration, endJob: endNow };
}

/** A state as the API shows it: a node that shows no driver goes on to show none. */
function setState(node: FakeNode, { phase, driverPhase }: { phase: string; driverPhase: string }): void {
  node.phase = phase;
  if (node.driverPhase !== undefined) node.driverPhase = driverPhase;
}

/** A job as the reply of the API has it. */
export function showJob({ jobId, phase, suspended, startedAtMs, type, message, text }: FakeJob) {
  return { jobId, phase, suspended, startedAtMs, ...(type && { type }), ...(message && { message }), text };
}
