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
 * Records the API's answer about each node of a call (`answer`), and puts the commands of nodes that are tried again on their
 * queue.
 *
 * @returns whether anything is left to be followed: what can be seen at a node is believed only when it is seen.
 */
export async function recordAnswered(
  call: Call,
  services: RecordingServices,
  invocation: Invocation,
): Promise<boolean> {
  const { store, rules } = services;
  const now = services.clock.now();
  // First: whoever finds this half done does it again, until the remediations have their outcomes.
  await recordTags(store, call);
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
    // Where this is a repetition, another try may hold the failed nodes by now.
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
