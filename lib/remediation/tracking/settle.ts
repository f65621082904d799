import { traitsOf } from '#lib/actions/traits';
import { readFiringSince } from '#lib/alerts/firing-anew';
import { countFailure, release } from '#lib/capacity/release';
import type { Invocation } from '#lib/handler/invocation';
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
import { verifications } from './completion.ts';
import { withDriversOf } from './drivers-of-view.ts';
import { describeObservation } from './observation.ts';

/**
 * Settles the remediations of a call that is over, each by the state of its own targets: a job does not say how single nodes
 * ended (docs/modelarts-api.md, 1.1), and where there is no job, what is read is all there is.
 *
 * @param endedAtMs when the API says the job ended; undefined where it does not say.
 * @returns how many of them are still being verified, and whether what was asked for has come about and only nodes are waited for.
 * @throws Error where the invocation has no time left: what was read is too old to be settled by.
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
    // A process that stood still for longer than a function may run has an old reading.
    if (clock.now() >= invocation.deadlineMs)
      throw new Error('the function had no time left, and what it has read of the pool is too old');
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
      // What is left of it has to wait no longer than for its turn.
      if (stored.state === 'deferred' && stored.callId === call.id) await sendCommand(stored, services);
    }
  }
  return { open, isComeAbout };
}

/**
 * Hands the remediations of a call to a person: its deadline has passed, or its job could not be found. Nodes stay held, as
 * something may still be done to them, unless the call has left no trace.
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
      ? `job ${call.jobId} was not over at its deadline (last seen: ${words}); look at it, and at the nodes, in the console`
      : call.state === 'accepted'
        ? `what the call was to bring about had not come at its deadline (last seen: ${lastSeen}); look at it in the console`
        : `the answer of the call was lost and what it did was not found (${words}); it is not sent again`;
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

/** Whether a call has failed once already for the breaker: when its answer was lost. That it was not found is no other failure. */
function isCounted({ error, jobId }: Call): boolean {
  return error !== undefined && jobId === undefined;
}

/** Whether a remediation was left to a person over this call. */
function isGivenUp({ state, callId }: Remediation, call: Call): boolean {
  return state === 'needs-human' && callId === call.id;
}

/** Those of a member's targets that the call was accepted for: an answer says so of each by itself. */
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
