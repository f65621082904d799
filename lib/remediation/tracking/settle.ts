import { traitsOf } from '#lib/actions/traits';
import { readFiringSince } from '#lib/alerts/firing-anew';
import { countFailure, release } from '#lib/capacity/release';
import type { Invocation } from '#lib/handler/invocation';
import { verifications } from '#lib/implementations';
import type { Call, Seen } from '#lib/ledger/call';
import type { Remediation } from '#lib/ledger/remediation';
import { escalate } from '#lib/remediation/escalation/escalate';
import { describeNode } from '#lib/remediation/escalation/escalation-report';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { expire, isToBeSettled, settle } from '#lib/remediation/lifecycle/settle';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { healthyOf, verificationOf } from '#lib/remediation/record/limits';
import { isDestructive, isPartOf, isRungFailed } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { Rules } from '#lib/rules/rules';
import type { View } from '#lib/verification/verification';
import { withDriversOf } from './drivers-of-view.ts';
import { describeObservation } from './observation.ts';

/**
 * Settles the remediations of a call, each by the state of its own targets. A job does not show how single nodes ended
 * (docs/design/modelarts-api.md, 1.1), and if there is no job, the reading is the only proof.
 *
 * @param endedAtMs when the job ended by the API's clock, epoch milliseconds; undefined if the API does not say.
 * @returns `open`: how many of them are still being verified. `isComeAbout`: a node pool has the requested state, and only the node
 * that caused the change is still being verified.
 * @throws Error if the invocation has no time left, because its reading is then too old.
 */
export async function settleCall(
  call: Call,
  view: View,
  endedAtMs: number | undefined,
  services: RemediationServices,
  invocation: Invocation,
): Promise<{ open: number; isComeAbout: boolean }> {
  const { store, clock, rules } = services;
  const now = clock.now();
  const { until: by } = traitsOf(call.action);
  const firing = await readFiringSince(store, call);
  const shown = await withDriversOf(call, view, services);
  let open = 0;
  let isComeAbout = false;

  for (const member of call.members) {
    // A process that stalled for longer than its invocation may last has an old reading.
    if (clock.now() >= invocation.deadlineMs)
      throw new Error('the function had no time left, and its reading of the pool is too old');
    const targets = acceptedOf(member.targets, call);
    const { stored, written } = await recordRemediation(services, member.remediation, now, (current) => {
      if (!isToBeSettled(current, call)) return undefined;
      const sinceMs =
        by === 'job'
          ? endedAtMs || Date.parse(current.jobEndedAt ?? '') || now
          : Date.parse(call.callingAt ?? call.createdAt);
      const outcomes = checkTargets(current, targets, { call, sinceMs, firing, shown, rules }, now);
      const isNewlyEnded = by === 'job' && current.jobEndedAt === undefined;
      const job = isNewlyEnded ? { jobId: call.jobId, endedAt: iso(sinceMs) } : undefined;
      return settle(rules, current, outcomes, job, now);
    });
    if (!stored || (stored.callId !== call.id && !isPartOf(stored, call.id))) continue;
    if (targets.some((target) => stored.outcomes[target]?.state === 'verifying')) {
      open += 1;
      isComeAbout ||= targets.some((target) => stored.outcomes[target]?.comeAboutAt !== undefined);
    } else {
      if (written)
        invocation.log.info(stored.state, { correlationId: stored.id, jobId: call.jobId, why: stored.why });
      const inWords = describeNode([...shown.nodes, ...shown.destination], stored);
      if (isRungFailed(stored)) await escalate(stored, services, invocation, inWords);
      else await release(stored, 'over', services, { targets });
      // Its remaining targets need not wait for a time.
      if (stored.state === 'deferred' && stored.callId === call.id) await sendCommand(stored, services);
    }
  }
  return { open, isComeAbout };
}

/**
 * Hands the remediations of a call to a person: its deadline has passed, or its job could not be found. The nodes stay held, because
 * a job may still work on them, unless the call has left no trace.
 */
export async function expireCall(
  call: Call,
  seen: Seen | undefined,
  services: RemediationServices,
  invocation: Invocation,
  words = describeObservation(seen),
): Promise<void> {
  const { clock, rules } = services;
  const whyOf = ({ why: lastSeen = words }: Remediation): string =>
    call.jobId
      ? `job ${call.jobId} was not over at its deadline (last seen: ${words}); check it, and the nodes, in the console`
      : call.state === 'accepted'
        ? `the target did not have the requested state at the deadline of the call (last seen: ${lastSeen}); check it in the console`
        : `the answer of the call was lost, and its effect was not found (${words}); it is not sent again`;
  for (const { remediation, targets } of call.members) {
    const accepted = acceptedOf(targets, call);
    const { stored, written } = await recordRemediation(services, remediation, clock.now(), (current) =>
      isToBeSettled(current, call)
        ? expire(rules, current, call, { targets: accepted, seen: words, why: whyOf(current) }, clock.now())
        : undefined,
    );
    if (written && isDestructive(call.action) && !isCounted(call)) await countFailure(call.pool, services);
    if (stored && seen?.kind === 'search' && seen.noTrace && isGivenUp(stored, call))
      await release(stored, 'no-trace', services, { targets });
    if (!stored || !isPartOf(stored, call.id)) continue;
    if (isRungFailed(stored)) {
      await escalate(stored, services, invocation);
      continue;
    }
    await release(stored, 'over', services, { targets: accepted });
    if (!isDestructive(call.action)) await release(stored, 'unused', services, { targets: accepted });
  }
}

/** Whether a call already counts as a failure for the breaker, because its answer was lost. */
function isCounted({ error, jobId }: Call): boolean {
  return error !== undefined && jobId === undefined;
}

/** Whether a remediation was left to a person over this call. */
function isGivenUp({ state, callId }: Remediation, call: Call): boolean {
  return state === 'needs-human' && callId === call.id;
}

/** The member's targets that the API accepted; batch-update answers per node. */
function acceptedOf(targets: readonly string[], { answer }: Pick<Call, 'answer'>): readonly string[] {
  return answer ? targets.filter((target) => answer.succeeded.includes(target)) : targets;
}

/** The outcomes of a remediation, after a check of these targets. */
function checkTargets(
  current: Remediation,
  targets: readonly string[],
  {
    call,
    sinceMs,
    firing,
    shown,
    rules,
  }: {
    call: Call;
    sinceMs: number;
    firing: Awaited<ReturnType<typeof readFiringSince>>;
    shown: View;
    rules: Rules;
  },
  now: number,
): Remediation['outcomes'] {
  const verify = verifications[call.action];
  const checked = targets.flatMap((target) => {
    const before = current.outcomes[target];
    if (before?.state !== 'running' && before?.state !== 'verifying') return [];
    const subject = {
      target,
      before,
      remediation: current,
      call,
      verify: verificationOf(rules, current),
      healthy: healthyOf(rules, current, call.request),
      sinceMs,
      deadlineMs: Date.parse(call.deadline ?? call.createdAt),
      goneAfterMs: rules.waits.goneAfterMs,
      firingAnew: firing.get(current.id) ?? [],
    };
    return [[target, verify(shown, subject, now)] as const];
  });
  return { ...current.outcomes, ...Object.fromEntries(checked) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
