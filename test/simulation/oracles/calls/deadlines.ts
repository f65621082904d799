import { documentAt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { clock } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';
import { wasHurt } from './hurt.ts';

/** How long after the truth changed it may be seen: one look, its delays, and a reading. */
const LOOK_MS = 5 * 60_000;
/** How often the sweep comes, at the latest, where a scenario does not say it. */
const SWEEP_MS = 6 * 60_000;
/** How long after a process has died over it. */
const SWEPT_MS = 23 * 60_000;

const FOLLOWED = ['submitting', 'running', 'verifying'];
const CALLED = ['calling', 'lost', 'accepted'];

/** No call is followed without an end: people hear of one that ends late. */
export function* deadlinesHold(run: Run): Iterable<Finding> {
  for (const remediation of valuesOf(run, 'remediation#')) {
    const { id, callId, deadline } = remediation;
    if (deadline === undefined) continue;
    // If functions fail over it until then, no poll succeeds before the failures end.
    const isSick = run.mishaps.has(`poll-jobs#remediation#${id}`);
    const overMs = Math.max(Date.parse(deadline), isSick ? run.calmMs + SWEPT_MS : 0);
    const dueMs = overMs + verifiedForMs(run, remediation) + LOOK_MS * 2 + run.rules.polling.everyMs;
    const isFollowed = CALLED.includes(documentAt(run, `call#${callId}`, dueMs)?.state);
    const untilMs = isFollowed
      ? lookedAtBy(run, remediation, dueMs)
      : afterHurtSweeps(run, Math.max(sweptBy(run, remediation, dueMs), goesOnBy(run, remediation, dueMs)));
    const then = documentAt(run, `remediation#${id}`, untilMs);
    // A person who got a notice in time may still hear of a good end: the poll that sent it died before it had ended the call.
    if (untilMs > run.endMs || then?.callId !== callId || !FOLLOWED.includes(then.state)) continue;
    yield {
      what: `remediation ${id} was ${then.state} at ${clock(untilMs)}; its deadline was ${deadline}, and a process that could tell a person has checked it since`,
      atMs: untilMs,
    };
  }
}

/**
 * By when a process has checked a call and lived to report it. A process that dies over it, or loses its answers, moves that to the
 * next poll: the queue delivers the message again, or a sweep finds the call. A process without trouble moves nothing.
 */
function lookedAtBy(run: Run, { id, callId }: { id: string; callId: string }, dueMs: number): number {
  const { batches, begun } = run.deployment;
  const beganMs = (process: string) => begun.get(process)?.atMs ?? 0;
  const withBody = (is: (body: string) => boolean) =>
    [...batches].filter(([, bodies]) => bodies.some(is)).map(([process]) => process);
  const looks = withBody((body) => body.includes(`"callId":"${callId}"`));
  const tries = withBody((body) => body.startsWith(`{"id":"${id}"`));
  // A sweep writes down that it has the call followed again, and then sends the message for that.
  const sweeps = writesOf(run, `call#${callId}`).flatMap((write) =>
    write.by.startsWith('sweep#') ? write.by : [],
  );
  const hurtMs = [
    ...[...looks, ...tries, ...sweeps].filter((process) => wasHurt(run, process)).map(beganMs),
    ...run.scenario.inputs.filter(({ kind }) => kind === 'purge').map(({ atMs }) => atMs),
  ].toSorted((left, right) => left - right);
  let untilMs = dueMs;
  for (const atMs of hurtMs) {
    if (atMs > untilMs) continue;
    const nextMs = Math.min(...looks.map(beganMs).filter((lookMs) => lookMs > atMs));
    const sweptMs = atMs + SWEPT_MS + (run.scenario.sweepEveryMs ?? 0);
    untilMs = Math.max(untilMs, Math.min(nextMs, sweptMs) + LOOK_MS);
  }
  return untilMs;
}

/** When a sweep has found a remediation whose call no message follows: two processes made it at once, and one said that it failed. */
function sweptBy(run: Run, { id }: { id: string }, dueMs: number): number {
  const last = writesOf(run, `remediation#${id}`).findLast(({ atMs }) => atMs <= dueMs);
  return Math.max(dueMs, (last?.atMs ?? 0) + SWEPT_MS + (run.scenario.sweepEveryMs ?? 0));
}

/** When a sweep has found a ladder that goes on from a rung which had ended in time, and failed later because its alert still fired. */
function goesOnBy(run: Run, { id, ladder }: any, dueMs: number): number {
  const wasOver = !FOLLOWED.includes(documentAt(run, `remediation#${id}`, dueMs)?.state);
  if (!wasOver || ladder?.failedAt === undefined) return dueMs;
  return Date.parse(ladder.failedAt) + SWEPT_MS + (run.scenario.sweepEveryMs ?? 0);
}

/** A sweep that died in the last minutes before has left what it found to the next one. */
function afterHurtSweeps(run: Run, sweptMs: number): number {
  const everyMs = SWEEP_MS + (run.scenario.sweepEveryMs ?? 0);
  const hurtMs = [...run.deployment.begun]
    .filter(([process]) => process.startsWith('sweep#') && wasHurt(run, process))
    .map(([, { atMs }]) => atMs);
  return hurtMs
    .toSorted((left, right) => left - right)
    .reduce(
      (untilMs, atMs) => (atMs > untilMs - everyMs && atMs <= untilMs ? atMs + everyMs : untilMs),
      sweptMs,
    );
}

/** How long after its job a remediation's rung may look at its nodes, by any rules of the run. A step after a resolution has no verify. */
function verifiedForMs({ rules, deployment }: Run, { rule: name, ladder, resolution }: any): number {
  const times = [rules, ...deployment.rules].map((one) => {
    const rule = one.rules.find((candidate) => candidate.name === name);
    const rung: any = resolution ? undefined : rule?.ladder[ladder?.rung ?? 0];
    const { withinMs = 0, healthyForMs = 0 } = rung?.verify ?? {};
    return withinMs + healthyForMs;
  });
  return Math.max(...times);
}
