import { writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { wasReleased } from '../calls/one-call.ts';
import { confirmedMs, isKnownOver, resolutionsOf } from '../facts/alert-episodes.ts';
import {
  callOf,
  clock,
  type Destructive,
  destructiveRequests,
  limitsOf,
  membersOf,
  rulesOf,
} from '../facts/destructive.ts';
import { eventOf, goodReadings } from '../facts/planned.ts';
import type { Finding } from '../oracles.ts';

/** How old a reading may be when a request is begun. One that was throttled may be sent again as long as its function runs. */
const READING_MS = 32_000;
const RUN_MS = 60_000;
/** An alert has so long to resolve after its node was remediated. */
const RESOLVES_MS = 15 * 60_000;
/** An approval holds for as long. */
const APPROVED_MS = 24 * 3_600_000;

function readingMs(run: Run, request: Destructive): number {
  const isAgain = run.requests.some(
    ({ by, path, number }) => by === request.by && path === request.path && number < request.number,
  );
  // An earlier answer is true of an earlier time, and its reader cannot know.
  const stale = run.requests.flatMap(({ by, pool, trueAtMs }) =>
    by === request.by && pool === request.pool && trueAtMs !== undefined ? request.sentAtMs - trueAtMs : [],
  );
  return Math.max(isAgain ? RUN_MS : READING_MS, ...stale);
}

/** A statement about a node is forgiven if it was true at some moment since the node may last have been read, and not otherwise. */
export function* freshNodes(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const { pool, atMs, sentAtMs, number } = request;
    const agoMs = readingMs(run, request);
    const rules = rulesOf(run, request);
    const ever = (node: string, is: Parameters<Run['world']['ever']>[4]) =>
      run.world.ever(pool, node, sentAtMs - agoMs, atMs, is);
    for (const { remediation, targets } of membersOf(run, request)) {
      const { interruptWorkloads, phase } = limitsOf({ rules }, remediation);
      for (const node of targets) {
        const wrong = !ever(node, ({ present }) => present)
          ? 'was gone'
          : !ever(node, ({ phase: seen }) => seen === 'Available' || seen === 'Abnormal')
            ? 'was being worked on'
            : !interruptWorkloads && !ever(node, ({ workload }) => workload === undefined)
              ? 'ran a workload'
              : phase && !ever(node, (stretch) => phase.some((one) => one === stretch.phase))
                ? `was not ${phase.join(' or ')}`
                : undefined;
        if (wrong)
          yield {
            what: `request ${number} asked for ${node} at ${clock(atMs)}, which ${wrong} for ${agoMs / 1000} s`,
            atMs,
          };
      }
    }
  }
}

/** Nothing is done for an alert that is known to be over, once its sender has the answer that says so. */
export function* stillFiring(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const { remediation, targets } of membersOf(run, request)) {
      const alerts: any[] = remediation?.alerts ?? [];
      if (alerts.length === 0) continue;
      const resolved = alerts.every((alert) =>
        isKnownOver(run, remediation, alert, request.sentAtMs - readingMs(run, request)),
      );
      if (resolved)
        yield {
          what: `request ${request.number} was sent for ${targets.join(', ')} at ${clock(request.sentAtMs)}, long after every alert of ${remediation.id} was known to be over`,
          atMs: request.sentAtMs,
        };
    }
  }
}

/** The evidence of a command is not older than its rule allows. */
export function* freshEvidence(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const { remediation } of membersOf(run, request)) {
      const times = [remediation?.approval?.at, remediation?.evidenceAt].filter((at) => at !== undefined);
      if (times.length === 0) continue;
      // Each reading that shows that an event still waits is evidence anew, as is each delivery that says that an alert fires.
      const readMs = goodReadings(run, request, remediation?.rule).map(({ atMs }) => atMs);
      const said = run.correspondence.delivered.filter(
        ({ episode, status, sentAtMs }) =>
          status === 'firing' &&
          sentAtMs <= request.sentAtMs &&
          remediation.alerts.some(
            ({ fingerprint, startsAt }: any) =>
              fingerprint === episode.fingerprint && Date.parse(startsAt) === episode.startsAtMs,
          ),
      );
      const lastMs = said.map(({ sentAtMs, answeredAtMs = request.sentAtMs }) =>
        Math.min(Math.max(sentAtMs, answeredAtMs), request.sentAtMs),
      );
      const ageMs = request.sentAtMs - Math.max(...times.map((at) => Date.parse(at)), ...lastMs, ...readMs);
      const { maxEvidenceAgeMs } = limitsOf({ rules: rulesOf(run, request) }, remediation);
      const approvedMs = request.sentAtMs - Date.parse(remediation?.approval?.at ?? '');
      if (approvedMs <= APPROVED_MS + readingMs(run, request)) continue;
      if (ageMs > maxEvidenceAgeMs + readingMs(run, request))
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
        // The requests of the same ladder do not count.
        const earlier = requests
          .slice(0, index)
          .findLast(
            (other) =>
              other.done &&
              other.nodes.includes(node) &&
              other.pool === request.pool &&
              !(remediation?.ladder && rootOf(run, other, node) === remediation.ladder.root),
          );
        if (!earlier) continue;
        const { cooldownMs } = limitsOf({ rules: rulesOf(run, request) }, remediation);
        const sinceMs = request.sentAtMs - earlier.sentAtMs;
        if (sinceMs < cooldownMs - 5_000)
          yield {
            what: `request ${request.number} asked for ${node} ${sinceMs / 1000} s after request ${earlier.number}; the cooldown is ${cooldownMs / 1000} s`,
            atMs: request.sentAtMs,
          };
        const beganMs = Math.max(
          ...(remediation?.alerts ?? []).map(({ startsAt, opening }: any) =>
            // A sender that does not say when its alert began says the year 1.
            Date.parse(opening || startsAt.startsWith('0001-') ? remediation.createdAt : startsAt),
          ),
        );
        const job = run.world.jobs.find(({ id }) => id === earlier.job);
        // A person may have said that it is over.
        if (job && wasReleased(run, job)) continue;
        // Maintenance that was canceled before it began has no job.
        const endedMs = job?.endedAtMs ?? eventOf(run, earlier)?.finishedAtMs ?? Number.POSITIVE_INFINITY;
        // An alert that is received firing after it has had the time to resolve speaks of the node as it is.
        const stillFires =
          goodReadings(run, request, remediation?.rule).some(({ atMs }) => atMs > endedMs + RESOLVES_MS) ||
          run.correspondence.delivered.some(
            ({ episode, status, answeredAtMs = request.sentAtMs }) =>
              status === 'firing' &&
              answeredAtMs > endedMs + RESOLVES_MS &&
              answeredAtMs <= request.sentAtMs + RUN_MS &&
              remediation.alerts.some(({ fingerprint }: any) => fingerprint === episode.fingerprint),
          );
        if (Number.isFinite(beganMs) && beganMs <= Math.min(endedMs, request.sentAtMs) && !stillFires)
          yield {
            what: `request ${request.number} asked for ${node} for an alert that began at ${clock(beganMs)}, before request ${earlier.number} had ended at ${clock(endedMs)}`,
            atMs: request.sentAtMs,
          };
      }
    }
  }
}

/** The ladder for which a request was sent about a node. */
function rootOf(run: Run, request: Destructive, node: string): string | undefined {
  return membersOf(run, request).find(({ targets }) => targets.includes(node))?.remediation?.ladder?.root;
}

/** An alert that is known to be over before a node was taken for a request is no reason for it: it is read again after that. */
export function* lookedAtLast(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    const call = callOf(run, request);
    for (const { remediation, targets } of membersOf(run, request)) {
      const alerts: any[] = remediation?.alerts ?? [];
      if (alerts.length === 0) continue;
      const claimed = writesOf(run, `remediation#${remediation.id}`).find(
        ({ document }) => (document['value'] as any).callId === call.id,
      );
      const isOver = alerts.every((alert) => isKnownOver(run, remediation, alert, claimed?.atMs ?? 0));
      if (isOver)
        yield {
          what: `request ${request.number} was sent for ${targets.join(', ')}, though every alert of ${remediation.id} was known to be over before it was claimed at ${clock(claimed!.atMs)}`,
          atMs: request.sentAtMs,
        };
    }
  }
}

/** An alert that is reported as firing once more does not count as too old. */
export function* refreshed(run: Run): Iterable<Finding> {
  for (const { document, before, atMs, by } of run.writes) {
    const value = document['value'] as any;
    const was = before?.['value'] as any;
    if (!document.pk.startsWith('remediation#') || !was || was.state === value.state) continue;
    if (value.state !== 'skipped' && value.state !== 'needs-human') continue;
    const refusal = value.receipts
      .slice(was.receipts.length)
      .find(({ guard }: any) => guard === 'evidence-age');
    if (!refusal || refusal.allowed) continue;
    const { maxEvidenceAgeMs } = limitsOf({ rules: rulesOf(run, { by }) }, value);
    const said = run.correspondence.delivered.find(
      ({ episode, status, sentAtMs, answeredAtMs = Number.POSITIVE_INFINITY }) =>
        status === 'firing' &&
        answeredAtMs < atMs - RUN_MS &&
        confirmedMs({ sentAtMs, answeredAtMs }) > atMs - maxEvidenceAgeMs + RUN_MS &&
        isStillFiring(run, episode, atMs) &&
        value.alerts.some(
          ({ fingerprint, startsAt }: any) =>
            fingerprint === episode.fingerprint && Date.parse(startsAt) === episode.startsAtMs,
        ),
    );
    if (said)
      yield {
        what: `${value.id} was given up at ${clock(atMs)} because ${refusal.why}; ${said.episode.id} was said to fire at ${clock(said.answeredAtMs!)}`,
        atMs,
      };
  }
}

function isStillFiring(
  run: Run,
  { fingerprint, startsAtMs }: { fingerprint: string; startsAtMs: number },
  atMs: number,
) {
  const alert = { fingerprint, startsAt: new Date(startsAtMs).toISOString() };
  return !resolutionsOf(run, alert).some(({ sentAtMs }) => sentAtMs <= atMs);
}
