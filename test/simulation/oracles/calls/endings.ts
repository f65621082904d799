import { valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { firingsAnew } from '../facts/alert-episodes.ts';
import { callOf, clock, destructiveRequests } from '../facts/destructive.ts';
import { wrongVersion } from '../facts/versions.ts';
import type { Finding } from '../oracles.ts';

/** No node takes longer to come up here. */
const COMES_UP_MS = 90_000;

/**
 * A node that only takes a while to come up, and does, has not failed: it has time until the deadline of its job. One with a
 * version that the rules forbid never comes up as they demand.
 */
export function* cameUp(run: Run): Iterable<Finding> {
  for (const { document, before, atMs } of run.writes) {
    const value = document['value'] as any;
    if (!document.pk.startsWith('remediation#') || value.action !== 'reset-nodes') continue;
    for (const [node, { state }] of Object.entries<any>(value.outcomes)) {
      if (state !== 'failed' || (before?.['value'] as any)?.outcomes?.[node]?.state === 'failed') continue;
      const job = run.world.jobs.find(({ id }) => id === value.jobId);
      if (job?.phase !== 'Success' || !job.nodes.includes(node) || atMs >= Date.parse(value.deadline))
        continue;
      const isOther =
        firingsAnew(run, value, atMs).length > 0 || run.scenario.inputs.some(({ kind }) => kind === 'rules');
      const rung: any = run.rules.rules.find(({ name }) => name === value.rule)?.ladder[
        value.ladder?.rung ?? 0
      ];
      if (isOther || rung?.verify || wrongVersion(run, run.rules, value, node)) continue;
      const past = run.world.past(value.pool, node).filter(({ fromMs }) => fromMs >= job.endedAtMs! - 1);
      const until = past.filter(({ fromMs }) => fromMs <= atMs);
      const wasBusy = until.every(({ phase }) => ['Available', 'Checking'].includes(phase));
      const isPresent = run.world.ever(value.pool, node, job.endedAtMs!, atMs, ({ present }) => present);
      if (wasBusy && isPresent && isBusyAt(run, value.pool, node, atMs))
        yield {
          what: `remediation ${value.id} was said to have failed for ${node} at ${clock(atMs)}, which was coming up`,
          atMs,
        };
    }
  }
}

/** Whether a node, or its driver, was on its way then, and came to be well soon. */
function isBusyAt(run: Run, pool: string, node: string, atMs: number): boolean {
  const wasIll = run.world.ever(pool, node, atMs - 2_000, atMs, ({ well }) => !well);
  const later = run.world.past(pool, node).filter(({ fromMs }) => fromMs > atMs);
  const came = later.find(({ well }) => well);
  const [next] = later;
  // A person may have repaired it.
  const isRepaired = run.scenario.inputs.some(
    (input) =>
      input.kind === 'node' && input.node === node && input.atMs > atMs && input.atMs <= atMs + COMES_UP_MS,
  );
  return wasIll && next !== undefined && next === came && next.fromMs <= atMs + COMES_UP_MS && !isRepaired;
}

/** A request that the API has refused for good is not sent again for the same command. */
export function* lastingNo(run: Run): Iterable<Finding> {
  const refused = new Map<string, number>();
  for (const request of destructiveRequests(run)) {
    const members: any[] = callOf(run, request)?.members ?? [];
    const [member] = members;
    // A function that dies before it has told its remediation leaves one that may be asked for again.
    const wasHurt = [...run.mishaps.keys()].some((mishap) => mishap.startsWith(`${request.action}#`));
    if (!member || members.length > 1 || wasHurt) continue;
    const key = `${member.remediation} ${request.nodes.join()}`;
    const earlier = refused.get(key);
    if (earlier !== undefined)
      yield {
        what: `request ${request.number} at ${clock(request.sentAtMs)} asked for ${request.nodes.join(', ')} once more, which the API had refused for good as request ${earlier}`,
        atMs: request.sentAtMs,
      };
    const isHeard =
      request.answered && valuesOf(run, `call#${callOf(run, request).id}`)[0]?.error?.status === 400;
    if (request.status === 400 && isHeard) refused.set(key, request.number);
  }
}
