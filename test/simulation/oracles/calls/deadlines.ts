import { documentAt, valuesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { clock } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';
import { wasHurt } from './hurt.ts';

/** How long after the truth changed it may be seen: one look, its delays, and a reading. */
const LOOK_MS = 5 * 60_000;
/** How long after somebody has died over it. */
const SWEPT_MS = 23 * 60_000;

/** Nobody is followed for ever: what ends late is told to a person. */
export function* deadlinesHold(run: Run): Iterable<Finding> {
  for (const remediation of valuesOf(run, 'remediation#')) {
    const { id, callId, deadline, receipts } = remediation;
    if (deadline === undefined) continue;
    const last = receipts.findLast(({ step }: any) => step === 'job' || step === 'verify');
    if (!last) continue;
    // Where functions fail over it until then, nobody looks before nothing goes wrong any more.
    const isSick = run.mishaps.has(`poll-jobs#remediation#${id}`);
    const overMs = Math.max(Date.parse(deadline), isSick ? run.calmMs + SWEPT_MS : 0);
    const dueMs = overMs + verifiedForMs(run, remediation) + LOOK_MS * 2 + run.rules.polling.everyMs;
    const untilMs = lookedAtBy(run, callId, dueMs);
    if (Date.parse(last.at) <= untilMs) continue;
    // What a person was told in time may still come to a good end: the look that told died before it had ended the call.
    if (documentAt(run, `remediation#${id}`, untilMs)?.state === 'needs-human') continue;
    yield {
      what: `remediation ${id} was still being followed at ${last.at}; its deadline was ${deadline}, and somebody could look at it by ${clock(untilMs)}`,
    };
  }
}

/**
 * By when somebody has looked at a call who lived to tell. A look that dies, or whose answers are lost, moves it to the next one:
 * the queue delivers the message again, or a sweep finds the call. A look with which nothing was wrong moves nothing.
 */
function lookedAtBy({ deployment, mishaps, scenario }: Run, callId: string, dueMs: number): number {
  const looks = [...deployment.batches]
    .filter(
      ([name, bodies]) =>
        name.startsWith('poll-jobs#') && bodies.some((body) => body.includes(`"${callId}"`)),
    )
    .map(([name]) => ({
      atMs: deployment.begun.get(name)?.atMs ?? 0,
      isHurt: wasHurt({ deployment, mishaps }, name),
    }));
  const purges = scenario.inputs
    .filter((input) => input.kind === 'purge')
    .map(({ atMs }) => ({ atMs, isHurt: true }));
  const events = [...looks, ...purges].toSorted((left, right) => left.atMs - right.atMs);
  let untilMs = dueMs;
  for (const { atMs, isHurt } of events) {
    if (!isHurt || atMs > untilMs) continue;
    const nextMs = looks.find((look) => look.atMs > atMs)?.atMs ?? Number.POSITIVE_INFINITY;
    const foundMs = atMs + SWEPT_MS + (scenario.sweepEveryMs ?? 0);
    untilMs = Math.max(untilMs, Math.min(nextMs, foundMs) + LOOK_MS);
  }
  return untilMs;
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
