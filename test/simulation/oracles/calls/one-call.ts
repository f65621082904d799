import { documentAt, holdAt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import type { WorldJob } from '../../world/pool.ts';
import { callOf, clock, destructiveRequests } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

/** Every request stands in the ledger before it is sent, word for word. */
export function* intentFirst(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    if (callOf(run, request)) continue;
    yield {
      what: `request ${request.number} (${request.action} of ${request.nodes.join(', ')}) reached the API at ${clock(request.atMs)} without an intent in the ledger`,
      atMs: request.atMs,
    };
  }
}

/** No call is sent again unless the API refused it for certain and said so. */
export function* neverAgain(run: Run): Iterable<Finding> {
  const seen = new Map<string, ReturnType<typeof destructiveRequests>>();
  for (const request of destructiveRequests(run)) {
    const id = callOf(run, request)?.id;
    if (id === undefined) continue;
    const before = seen.get(id) ?? [];
    for (const earlier of before) {
      const isKnownRefused =
        earlier.status === 429 || (earlier.status === 500 && !earlier.done && earlier.answered);
      if (isKnownRefused && earlier.answered) continue;
      yield {
        what: `call ${id} was sent again as request ${request.number} at ${clock(request.atMs)}, after request ${earlier.number} that ${earlier.done ? 'was carried out' : 'was not certainly refused'}`,
        atMs: request.atMs,
      };
    }
    seen.set(id, [...before, request]);
  }
}

/** For one remediation at most one request about a node may have been carried out. */
export function* oncePerRemediation(run: Run): Iterable<Finding> {
  const done = new Map<string, number>();
  for (const request of destructiveRequests(run)) {
    const isAmbiguous =
      request.done || !request.answered || (request.status >= 500 && request.status !== 500);
    for (const member of callOf(run, request)?.members ?? []) {
      for (const node of member.targets) {
        const key = `${member.remediation} ${node}`;
        const earlier = done.get(key);
        if (earlier !== undefined)
          yield {
            what: `remediation ${member.remediation} had ${node} in request ${earlier}, and again in request ${request.number} at ${clock(request.atMs)}`,
            atMs: request.atMs,
          };
        if (isAmbiguous) done.set(key, request.number);
      }
    }
  }
}

/** No node is touched while a job of ours still has it. */
export function* oneJobPerNode(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const node of request.nodes) {
      const other = run.world.jobs.find(
        (job) =>
          !wasReleased(run, job) &&
          job.request !== undefined &&
          job.request !== request.number &&
          job.nodes.includes(node) &&
          job.startedAtMs < request.sentAtMs &&
          (job.endedAtMs === undefined || job.endedAtMs > request.atMs),
      );
      if (other)
        yield {
          what: `request ${request.number} asked for ${node} at ${clock(request.atMs)} while ${other.id} still had it`,
          atMs: request.atMs,
        };
    }
  }
}

/** Whether a person has said of a remediation that a job is for that its nodes are free. */
export function wasReleased(run: Run, { request: number }: Run['world']['jobs'][number]): boolean {
  const request = destructiveRequests(run).find((one) => one.number === number);
  const members: any[] = (request && callOf(run, request)?.members) ?? [];
  return run.correspondence.released.some(({ remediation }) =>
    members.some((member) => member.remediation === remediation),
  );
}

/** A process that sends a request holds every node of the request, for the remediation that it sends for. */
export function* heldFirst(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const member of callOf(run, request)?.members ?? []) {
      for (const node of member.targets) {
        const hold = holdAt(run, request.pool, node, request.sentAtMs);
        if (hold?.remediation === member.remediation) continue;
        yield {
          what: `request ${request.number} was sent for ${node} at ${clock(request.sentAtMs)} without a hold for ${member.remediation} (it was ${hold?.remediation ?? 'free'})`,
          atMs: request.sentAtMs,
        };
      }
    }
  }
}

/** A hold runs out when its job has had the node for as long as Huawei lets one run (docs/design/modelarts-api.md, 1.3). */
const RUNS_OUT_MS = 24 * 3_600_000;

/** A node is not released while the job of its remediation still has it. */
export function* holdOutlivesJob(run: Run): Iterable<Finding> {
  for (const { pool } of valuesOf(run, 'pool#')) {
    for (const { document, before, atMs } of writesOf(run, `pool#${pool}`)) {
      const { holds } = document['value'] as any;
      for (const [node, was] of Object.entries<any>((before?.['value'] as any)?.holds ?? {})) {
        if (holds[node]?.remediation === was.remediation) continue;
        const job = jobOf(run, node, was.remediation, atMs);
        const isReleased = run.correspondence.released.some(
          (release) => release.remediation === was.remediation && release.atMs <= atMs,
        );
        const hasRunOut =
          Date.parse(was.expiresAt) <= atMs && job !== undefined && atMs - job.startedAtMs > RUNS_OUT_MS;
        if (job && !isReleased && !hasRunOut)
          yield {
            what: `the hold of ${node} by ${was.remediation} was given up at ${clock(atMs)} while ${job.id} still had the node`,
            atMs,
          };
      }
    }
  }
}

/** The job that a remediation has started for a node, and that goes on at a time. */
function jobOf(run: Run, node: string, remediation: string, atMs: number): WorldJob | undefined {
  const calls = valuesOf(run, 'call#').filter((call) =>
    call.members.some((member: any) => member.remediation === remediation && member.targets.includes(node)),
  );
  const requests = destructiveRequests(run).filter((request) =>
    calls.some((call) => callOf(run, request)?.id === call.id),
  );
  return run.world.jobs.find(
    (one) =>
      requests.some(({ number }) => number === one.request) &&
      one.nodes.includes(node) &&
      one.startedAtMs <= atMs &&
      (one.endedAtMs === undefined || one.endedAtMs > atMs),
  );
}

/** A job that a call took for its own is the one that its request started. */
export function* ownJobs(run: Run): Iterable<Finding> {
  const requests = destructiveRequests(run);
  for (const call of valuesOf(run, 'call#')) {
    if (call.jobId === undefined) continue;
    const job = run.world.jobs.find(({ id }) => id === call.jobId);
    const own = requests
      .filter((request) => callOf(run, request)?.id === call.id)
      .map(({ number }) => number);
    if (job?.request !== undefined && own.includes(job.request)) continue;
    yield {
      what: `call ${call.id} follows ${call.jobId}, which ${job?.request === undefined ? 'no request here' : `request ${job.request}`} started, and not its own request (${own.join(', ')})`,
    };
  }
}

/** A request whose answer was lost is followed as its own job, or is a case for a person. */
export function* lostIsFound(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    // An acceptance starts no job that the API reports.
    if (!request.done || request.action === 'accept-event') continue;
    for (const member of callOf(run, request)?.members ?? []) {
      const remediation = documentAt(run, `remediation#${member.remediation}`, run.endMs);
      // One that is carried out in several calls names them all.
      const followed = remediation?.receipts.some(({ jobId }: any) => jobId === request.job);
      if (followed || remediation?.state === 'needs-human') continue;
      yield {
        what: `request ${request.number} was carried out as ${request.job}, and remediation ${member.remediation} ended ${remediation?.state} without knowing it`,
      };
    }
  }
}

/** An address stands for one node in a command: once a call was prepared for it, no other that bears it later is worked on. */
export function* oneNodePerName(run: Run): Iterable<Finding> {
  for (const { id, nodes, whole, receipts } of valuesOf(run, 'remediation#')) {
    const prepared = new Set(
      receipts.filter(({ step }: any) => step === 'intent').flatMap(({ targets }: any) => targets),
    );
    const named = (nodes?.length ?? Infinity) + (whole?.nodes.length ?? 0);
    if (prepared.size > named)
      yield {
        what: `remediation ${id} names ${named} nodes, and calls were prepared for ${[...prepared].join(', ')}`,
      };
  }
}
