import type { Run } from '../run.ts';
import { clock, destructiveRequests, limitsOf, membersOf } from './destructive.ts';
import type { Finding } from './oracles.ts';

/** How old a reading may be when a request is begun: as long as a function may run, as nothing shorter is promised yet. */
const READING_MS = 58_000;

/** What was true of a node at some moment since it may last have been read is forgiven; what never was is not. */
export function* freshNodes(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const { pool, atMs, sentAtMs, number } = request;
    const ever = (node: string, is: Parameters<Run['world']['ever']>[4]) =>
      run.world.ever(pool, node, sentAtMs - READING_MS, atMs, is);
    for (const { remediation, targets } of membersOf(run, request)) {
      const { interruptWorkloads, phase } = limitsOf(run, remediation);
      for (const node of targets) {
        const wrong = !ever(node, ({ present }) => present)
          ? 'was gone'
          : !ever(node, ({ phase: seen }) => seen === 'Available' || seen === 'Abnormal')
            ? 'was being worked on'
            : !interruptWorkloads && !ever(node, ({ workload }) => workload === undefined)
              ? 'ran a workload'
              : phase && !ever(node, (stretch) => phase.includes(stretch.phase))
                ? `was not ${phase.join(' or ')}`
                : undefined;
        if (wrong)
          yield {
            what: `request ${number} asked for ${node} at ${clock(atMs)}, which ${wrong} for ${READING_MS / 1000} s`,
            atMs,
          };
      }
    }
  }
}

/** Nothing is done for an alert that the sender has been told is known to be over. */
export function* stillFiring(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const { remediation, targets } of membersOf(run, request)) {
      const alerts: any[] = remediation?.alerts ?? [];
      if (alerts.length === 0) continue;
      const resolved = alerts.every(({ fingerprint, startsAt }) =>
        run.correspondence.delivered.some(
          ({ episode, status, answeredAtMs = Number.POSITIVE_INFINITY }) =>
            status === 'resolved' &&
            episode.fingerprint === fingerprint &&
            episode.startsAtMs === Date.parse(startsAt) &&
            answeredAtMs < request.sentAtMs - READING_MS,
        ),
      );
      if (resolved)
        yield {
          what: `request ${request.number} was sent for ${targets.join(', ')} at ${clock(request.sentAtMs)}, long after every alert of ${remediation.id} was known to be over`,
          atMs: request.sentAtMs,
        };
    }
  }
}

/** What a command rests on is not older than its rule allows. */
export function* freshEvidence(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const { remediation } of membersOf(run, request)) {
      const at = remediation?.approval?.at ?? remediation?.evidenceAt;
      if (at === undefined) continue;
      const ageMs = request.sentAtMs - Date.parse(at);
      const { maxEvidenceAgeMs } = limitsOf(run, remediation);
      if (ageMs > maxEvidenceAgeMs + READING_MS)
        yield {
          what: `request ${request.number} for ${remediation.id} rested on evidence that was ${ageMs / 1000} s old`,
          atMs: request.sentAtMs,
        };
    }
  }
}

/** A node is left alone for its cooldown, and an alert from before the last remediation is no reason for another. */
export function* leftAlone(run: Run): Iterable<Finding> {
  const requests = destructiveRequests(run);
  for (const [index, request] of requests.entries()) {
    for (const { remediation, targets } of membersOf(run, request)) {
      for (const node of targets) {
        const earlier = requests
          .slice(0, index)
          .findLast((other) => other.done && other.nodes.includes(node) && other.pool === request.pool);
        if (!earlier) continue;
        const { cooldownMs } = limitsOf(run, remediation);
        const sinceMs = request.sentAtMs - earlier.sentAtMs;
        if (sinceMs < cooldownMs - 5_000)
          yield {
            what: `request ${request.number} asked for ${node} ${sinceMs / 1000} s after request ${earlier.number}; the cooldown is ${cooldownMs / 1000} s`,
            atMs: request.sentAtMs,
          };
        const beganMs = Math.max(
          ...(remediation?.alerts ?? []).map(({ startsAt }: any) => Date.parse(startsAt)),
        );
        const endedMs =
          run.world.jobs.find(({ id }) => id === earlier.job)?.endedAtMs ?? Number.POSITIVE_INFINITY;
        if (Number.isFinite(beganMs) && beganMs <= Math.min(endedMs, request.sentAtMs))
          yield {
            what: `request ${request.number} asked for ${node} for an alert that began at ${clock(beganMs)}, before request ${earlier.number} had ended at ${clock(endedMs)}`,
            atMs: request.sentAtMs,
          };
      }
    }
  }
}
