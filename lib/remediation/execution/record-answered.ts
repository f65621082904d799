import { settleIsolation } from '#lib/capacity/isolation';
import { release } from '#lib/capacity/release';
import type { Invocation } from '#lib/handler/invocation';
import { type Call, callKey, callKind } from '#lib/ledger/call';
import { updateDocument } from '#lib/ledger/change';
import { recordTags } from '#lib/ledger/node-tags';
import { escalate } from '#lib/remediation/escalation/escalate';
import { answer } from '#lib/remediation/lifecycle/answer';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { isDone, isPartOf, isRungFailed } from '#lib/remediation/record/outcome';
import type { RecordingServices } from '#lib/remediation/record/services';

/**
 * Records the API's answer about each node of a call (`answer`), and puts the commands with nodes for another try on their queue.
 * Safe to repeat.
 *
 * @returns whether nodes of the call must still be verified.
 */
export async function recordAnswered(
  call: Call,
  services: RecordingServices,
  invocation: Invocation,
): Promise<boolean> {
  const { store, rules } = services;
  const now = services.clock.now();
  // First, because a process that finds this half done repeats it only until the remediations have their outcomes.
  await recordTags(store, call);
  const everyTarget = call.members.flatMap(({ targets }) => targets);
  await settleIsolation(store, call, everyTarget);
  let followed = false;
  for (const { remediation, targets } of call.members) {
    const { stored, written } = await recordRemediation(services, remediation, now, (current) =>
      current.phase === 'running' && current.callId === call.id
        ? answer(rules, current, call, targets, now)
        : undefined,
    );
    if (!stored || !isPartOf(stored, call.id)) continue;
    if (targets.some((target) => stored.outcomes[target]?.state === 'verifying')) followed = true;
    const isTriedAgain = stored.state === 'deferred' || stored.state === 'submitting';
    // If this is a repetition, another try may hold the failed nodes by now.
    const ended =
      written || !isTriedAgain ? targets : targets.filter((target) => isDone(stored.outcomes[target]));
    if (isRungFailed(stored)) await escalate(stored, services, invocation);
    else await release(stored, 'over', services, { targets: ended });
    if (!written) continue;
    invocation.log.info(stored.state, { correlationId: remediation, why: stored.why });
    if (stored.phase === 'waiting') {
      await sendCommand(stored, services, stored.deferredUntil);
    }
  }
  if (!followed) {
    await updateDocument<Call>(store, callKind, callKey(call.id), (current) =>
      current?.state === 'accepted' ? { ...current, state: 'ended' } : undefined,
    );
  }
  return followed;
}
