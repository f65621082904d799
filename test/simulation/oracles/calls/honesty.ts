import { SECRETS } from '#local/rehearsal/cloud/services';
import { valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { asRecorded, callOf, clock, destructiveRequests, rulesOf } from '../facts/destructive.ts';
import { wasOddFor } from '../facts/readings.ts';
import { takesAbsentForWell, wrongVersion } from '../facts/versions.ts';
import type { Finding } from '../oracles.ts';

/** Success is only said of a node that truly is well. */
export function* trulyWell(run: Run): Iterable<Finding> {
  for (const { document, before, atMs, by } of run.writes) {
    const value = document['value'] as any;
    if ((before?.['value'] as any)?.state === 'succeeded') continue;
    if (
      !document.pk.startsWith('remediation#') ||
      value.state !== 'succeeded' ||
      value.action !== 'reset-nodes'
    )
      continue;
    const job = run.world.jobs.find(({ id }) => id === value.jobId);
    if (job?.phase !== 'Success' || job.endedAtMs! > atMs) {
      yield {
        what: `remediation ${value.id} was said to have succeeded at ${clock(atMs)}, when its job ${value.jobId} had not`,
        atMs,
      };
      continue;
    }
    for (const [node, outcome] of Object.entries<any>(value.outcomes)) {
      // In an earlier call of the same remediation it may have succeeded before.
      const wasBefore = (before?.['value'] as any)?.outcomes[node]?.state === 'succeeded';
      if (outcome.state !== 'succeeded' || wasBefore) continue;
      const rung: any = rulesOf(run, { by }).rules.find(({ name }) => name === value.rule)?.ladder[
        value.ladder?.rung ?? 0
      ];
      const { healthyForMs = 0 } = rung?.verify ?? {};
      const wrong = wrongVersion(run, rulesOf(run, { by }), value, node);
      const isAbsentWell = takesAbsentForWell(rulesOf(run, { by }), value);
      if (wrong && !isAbsentWell)
        yield {
          what: `remediation ${value.id} was said to have succeeded at ${clock(atMs)}; of ${node}, ${wrong}`,
          atMs,
        };
      // A process that stands still says it late.
      const beganMs = run.deployment.begun.get(by)?.atMs ?? atMs;
      // An earlier answer is true of an earlier time, and its reader cannot know.
      const staleMs = run.requests.flatMap((one) =>
        one.by === by && one.pool === value.pool ? (one.trueAtMs ?? []) : [],
      );
      const fromMs = Math.min(atMs - 70_000, beganMs, ...staleMs);
      // By such rules a driver that an odd answer hides is a driver that is well.
      const isHidden = isAbsentWell && wasOddFor(run, { by, pool: value.pool }, atMs);
      if (!isHidden && !run.world.ever(value.pool, node, fromMs, atMs, ({ well }) => well))
        yield {
          what: `remediation ${value.id} was said to have succeeded at ${clock(atMs)}; ${node} was not well`,
          atMs,
        };
      if (atMs - job.endedAtMs! < healthyForMs)
        yield {
          what: `remediation ${value.id} was said to have succeeded at ${clock(atMs)}, ${(atMs - job.endedAtMs!) / 1000} s after its job; ${node} must be well for ${healthyForMs / 1000} s`,
          atMs,
        };
    }
  }
}

const GUARDS: Record<string, readonly string[]> = {
  'accept-event': [
    'mode',
    'window',
    'evidence-age',
    'alert-firing',
    'node-present',
    'node-phase',
    'no-workload',
    'event-waits',
    'one-at-a-time',
    'cooldown',
    'newer-than-last-remediation',
  ],
  'reset-nodes': [
    'mode',
    'evidence-age',
    'alert-firing',
    'node-present',
    'node-phase',
    'no-workload',
    'one-at-a-time',
    'cooldown',
    'newer-than-last-remediation',
  ],
};

/** The ledger explains each request: every guard that was asked, the request word for word, and the job. */
export function* explained(run: Run): Iterable<Finding> {
  // A spoilt receipt explains nothing any more.
  if (run.scenario.inputs.some((input) => input.kind === 'spoil' && input.prefix === 'receipt#')) return;
  for (const request of destructiveRequests(run)) {
    const call = callOf(run, request);
    for (const { remediation: id } of call?.members ?? []) {
      const remediation = valuesOf(run, `remediation#${id}`)[0];
      if (!remediation) continue;
      const guards = remediation.receipts
        .filter(({ step }: any) => step === 'guard')
        .map(({ guard }: any) => guard);
      const missing = (GUARDS[request.action] ?? []).filter((guard) => !guards.includes(guard));
      if (missing.length > 0)
        yield {
          what: `remediation ${id} was carried out by request ${request.number}, and the ledger does not show the guards ${missing.join(', ')}`,
        };
      const isByJob = request.action !== 'accept-event';
      if (!request.done || (isByJob && remediation.jobId !== request.job)) continue;
      // If an answer was lost, only the intent is on record.
      if (!isByJob && remediation.callId !== call.id) continue;
      const said = remediation.receipts.find(
        (receipt: any) => receipt.step === 'call' && receipt.callId === call.id && receipt.request,
      );
      if (JSON.stringify(said?.request) !== JSON.stringify(asRecorded(request)))
        yield { what: `remediation ${id} does not show request ${request.number} as it was sent` };
    }
  }
}

/** The access key is written nowhere. */
export function* keptSecret(run: Run): Iterable<Finding> {
  const places: [string, string][] = [
    ...run.deployment.logs.map(({ by, line }): [string, string] => [`the log of ${by}`, line]),
    ...run.writes.map(({ document }): [string, string] => [
      `the ledger's ${document.pk}`,
      JSON.stringify(document),
    ]),
    ...[...run.deployment.queues.values(), ...run.deployment.deadLetters.values()].flatMap((queue) =>
      queue.history.map(({ body, attributes }): [string, string] => [
        `the queue ${queue.settings.name}`,
        body + JSON.stringify(attributes),
      ]),
    ),
  ];
  for (const [where, text] of places) {
    const secret = Object.entries(SECRETS).find(([, value]) => text.includes(value));
    if (secret) yield { what: `${where} has the ${secret[0]}` };
  }
}

/** No code breaks on an unforeseen input, and no remediation leaves its table of transitions. */
export function* noBug(run: Run): Iterable<Finding> {
  for (const { by, line } of run.deployment.logs) {
    const bug =
      /"name":"(TypeError|ReferenceError|RangeError|ZodError|SyntaxError|IllegalPhaseError)","message":"([^"]*)/.exec(
        line,
      );
    if (bug) yield { what: `${by}: ${bug[1]}: ${bug[2]}` };
  }
}
