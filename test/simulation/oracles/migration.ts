import type { Run } from '../run.ts';
import { clock, destructiveRequests } from './destructive.ts';
import type { Finding } from './oracles.ts';

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

/** A migration has succeeded for a node only when the other pool has it. */
export function* trulyArrived(run: Run): Iterable<Finding> {
  for (const { document, before, atMs } of run.writes) {
    const value = document['value'] as any;
    if (!document.pk.startsWith('remediation#') || value.action !== 'migrate-nodes') continue;
    for (const [node, outcome] of Object.entries<any>(value.outcomes)) {
      if (outcome.state !== 'succeeded') continue;
      if ((before?.['value'] as any)?.outcomes?.[node]?.state === 'succeeded') continue;
      const arrived = run.world.arrivals.find(
        (arrival) => arrival.node === node && arrival.pool !== value.pool && arrival.atMs <= atMs,
      );
      if (!arrived)
        yield {
          what: `migration ${value.id} was said to have succeeded for ${node} at ${clock(atMs)}, which had not arrived`,
          atMs,
        };
    }
  }
}

/** What has arrived is not said to have failed, unless its job did. */
export function* arrivalSeen(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const job = run.world.jobs.find(({ id }) => id === request.job);
    if (request.action !== 'migrate-nodes' || job?.phase !== 'Success') continue;
    for (const document of run.table.documents()) {
      const value = document['value'] as any;
      if (!document.pk.startsWith('remediation#') || value.jobId !== job.id) continue;
      if (value.state === 'failed' && (job.endedAtMs ?? 0) < Date.parse(value.updatedAt) - 10 * 60_000)
        yield {
          what: `migration ${value.id} was said to have failed: ${value.why}; ${job.id} has succeeded`,
        };
    }
  }
}
