import { writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { clock, destructiveRequests } from '../facts/destructive.ts';
import { wasOddFor } from '../facts/readings.ts';
import type { Finding } from '../oracles.ts';

/** A node that has arrived so soon after its job has not failed. */
const IN_TIME_MS = 4 * 60_000;
/** No rule gives an alert less time to resolve. */
const STILL_FIRES_MS = 5 * 60_000;
/** An alert that is received firing so soon after its resolution has only come late. */
const GOSSIP_MS = 60_000;

/** At least one node stays in the pool that others leave. */
export function* aNodeStays(run: Run): Iterable<Finding> {
  for (const { action, effect, number, pool, atMs } of destructiveRequests(run)) {
    if (action !== 'migrate-nodes' || !effect || effect['staying'] >= 1) continue;
    yield { what: `request ${number} at ${clock(atMs)} left no node in ${pool}`, atMs };
  }
}

/** A supernode moves as a whole or not at all. */
export function* wholeSupernodes(run: Run): Iterable<Finding> {
  for (const { action, effect, number, atMs } of destructiveRequests(run)) {
    if (action !== 'migrate-nodes' || !effect || effect['leftBehind'].length === 0) continue;
    yield {
      what: `request ${number} at ${clock(atMs)} tore a supernode apart: it left ${effect['leftBehind'].join(', ')} behind`,
      atMs,
    };
  }
}

/** A migration has succeeded for a node only when the other pool has it, and it is well there. */
export function* trulyArrived(run: Run): Iterable<Finding> {
  for (const { document, before, atMs, by } of run.writes) {
    const value = document['value'] as any;
    if (!document.pk.startsWith('remediation#') || value.action !== 'migrate-nodes') continue;
    for (const [node, outcome] of Object.entries<any>(value.outcomes)) {
      if (outcome.state !== 'succeeded') continue;
      if ((before?.['value'] as any)?.outcomes?.[node]?.state === 'succeeded') continue;
      const arrived = run.world.arrivals.find(
        (arrival) => arrival.node === node && isWhereItGoes(value, arrival) && arrival.atMs <= atMs,
      );
      const beganMs = Math.min(atMs - 70_000, run.deployment.begun.get(by)?.atMs ?? atMs);
      const wasWell = arrived && run.world.ever(arrived.pool, arrived.as, beganMs, atMs, ({ well }) => well);
      if (arrived && !wasWell)
        yield {
          what: `migration ${value.id} was said to have succeeded for ${node} at ${clock(atMs)}, which was not well in ${arrived.pool}`,
          atMs,
        };
      if (!arrived && !mayHaveStayed(value, run, { node, fromMs: beganMs, toMs: atMs }))
        yield {
          what: `migration ${value.id} was said to have succeeded for ${node} at ${clock(atMs)}, which had not arrived`,
          atMs,
        };
    }
  }
}

/** Where a node goes to no other pool or cluster, nothing that the API shows tells whether it has moved, but its node pool. */
function mayHaveStayed(
  { pool, parameters }: any,
  { world }: Run,
  { node, fromMs, toMs }: { node: string; fromMs: number; toMs: number },
): boolean {
  const { toPoolName, toClusterName, resourceSpec } = parameters;
  const isOwn = toClusterName === undefined || toClusterName === world.pools.get(pool)?.cluster;
  const wanted = resourceSpec?.nodePool;
  const isThere = world.ever(
    pool,
    node,
    fromMs,
    toMs,
    ({ nodePool }) => wanted === undefined || nodePool === wanted,
  );
  return (toPoolName === undefined || toPoolName === pool) && isOwn && isThere;
}

/** A migration that names no pool may stay in its own, from one node pool to another. */
function isWhereItGoes({ pool, parameters }: any, arrival: { pool: string }): boolean {
  return arrival.pool !== pool || parameters.toPoolName === undefined;
}

/** A node that has arrived, and is well when no work on it goes on, does not count as failed, unless its job failed. */
export function* arrivalSeen(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const job = run.world.jobs.find(({ id }) => id === request.job);
    if (request.action !== 'migrate-nodes' || job?.phase !== 'Success') continue;
    for (const document of run.table.documents()) {
      const value = document['value'] as any;
      if (!document.pk.startsWith('remediation#') || value.jobId !== job.id) continue;
      for (const [node, outcome] of Object.entries<any>(value.outcomes)) {
        if (outcome.state !== 'failed' || !job.nodes.includes(node)) continue;
        const failedMs = failedAtMs(run, value.id, node);
        // It was said to have succeeded, and its alert fired on all the same.
        const hadSucceeded = value.receipts.some(
          ({ step, state, target }: any) => step === 'verify' && state === 'succeeded' && target === node,
        );
        if (hadSucceeded) continue;
        const arrival = run.world.arrivals.find(
          (one) => one.node === node && isWhereItGoes(value, one) && one.atMs >= job.startedAtMs,
        );
        const idle =
          arrival &&
          run.world
            .past(arrival.pool, arrival.as)
            .find(({ fromMs, phase }) => fromMs >= arrival.atMs && ['Available', 'Abnormal'].includes(phase));
        // Lists of different pools are not read at one moment.
        // An alert that still fires long after shows that the node is not repaired, wherever it is.
        if (idle && firesOn(run, value, idle.fromMs + STILL_FIRES_MS)) continue;
        // Nor is what fires anew, though it may be a delivery that was long under way.
        if (firesAnew(run, value, job.startedAtMs)) continue;
        // A node that has broken again and is found broken is not well, however it arrived.
        if (idle && wasIllLast(run, { pool: arrival.pool, node: arrival.as, sinceMs: idle.fromMs }, failedMs))
          continue;
        // Its name has changed, and odd readings hide its other marks: a person hears that it is not known.
        const isDisguised =
          wasOddFor(run, request, request.atMs) ||
          (idle && !wasShown(run, arrival.pool, idle.fromMs, failedMs));
        if (outcome.notKnown && arrival && arrival.as !== node && isDisguised) continue;
        if (idle?.well && idle.fromMs < job.endedAtMs! + IN_TIME_MS)
          yield {
            what: `migration ${value.id} was said to have failed for ${node}: ${outcome.why}; it was there at ${clock(idle.fromMs)}`,
          };
      }
    }
  }
}

/** Whether a follower was given a list of a pool's nodes with nothing odd in it, within a span of time. */
function wasShown({ requests }: Run, pool: string, fromMs: number, toMs: number): boolean {
  return requests.some(
    ({ by, method, path, answered, status, odd, atMs }) =>
      by.startsWith('poll-jobs') &&
      method === 'GET' &&
      path === `/pools/${pool}/nodes` &&
      answered &&
      status === 200 &&
      odd === undefined &&
      atMs >= fromMs &&
      atMs <= toMs,
  );
}

/** When a node of a remediation was first said to have failed. */
function failedAtMs(run: Run, remediation: string, node: string): number {
  const isFailed = ({ document }: Run['writes'][number]) =>
    (document['value'] as any).outcomes[node]?.state === 'failed';
  return writesOf(run, `remediation#${remediation}`).find(isFailed)?.atMs ?? run.endMs;
}

/** Whether a node that has arrived was not well at a moment of the last minutes before a time. */
function wasIllLast(
  run: Run,
  { pool, node, sinceMs }: { pool: string; node: string; sinceMs: number },
  atMs: number,
): boolean {
  return run.world.ever(
    pool,
    node,
    Math.max(sinceMs, atMs - IN_TIME_MS),
    atMs,
    ({ fromMs, well }) => !well && fromMs > sinceMs,
  );
}

/** Whether an alert of a remediation was received as firing after a time, and clearly later than that it had resolved. */
function firesAnew(run: Run, { alerts }: any, afterMs: number): boolean {
  const own = run.correspondence.delivered.filter(({ episode }) =>
    alerts.some(({ fingerprint }: any) => fingerprint === episode.fingerprint),
  );
  return own.some(
    (resolved) =>
      resolved.status === 'resolved' &&
      own.some(
        ({ status, answeredAtMs = 0 }) =>
          status === 'firing' && answeredAtMs > afterMs && answeredAtMs > resolved.sentAtMs + GOSSIP_MS,
      ),
  );
}

/** Whether an alert of a remediation was delivered as firing after a time. */
function firesOn(run: Run, { alerts }: any, afterMs: number): boolean {
  return run.correspondence.delivered.some(
    ({ episode, status, sentAtMs }) =>
      status === 'firing' &&
      sentAtMs > afterMs &&
      alerts.some(({ fingerprint }: any) => fingerprint === episode.fingerprint),
  );
}
