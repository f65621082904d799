import { changesRedundancy } from '#lib/actions/update-nodes/traits';
import { giveBack } from '#lib/capacity/give-back';
import type { Invocation } from '#lib/handler/invocation';
import { type Call, callKey, callKind } from '#lib/ledger/call';
import { updateDocument } from '#lib/ledger/change';
import { recordTags } from '#lib/ledger/node-tags';
import type { NewReceipt } from '#lib/ledger/receipt';
import type { NodeOutcome, Remediation } from '#lib/ledger/remediation';
import { escalate } from '#lib/remediation/escalation/escalate';
import { waitsUntil } from '#lib/remediation/lifecycle/defer';
import type { Changes } from '#lib/remediation/lifecycle/move';
import { recordIfAllowed } from '#lib/remediation/lifecycle/move';
import { endOrRungFailed } from '#lib/remediation/lifecycle/rung-failed';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { backoffMs } from '#lib/remediation/record/backoff';
import { verificationOf } from '#lib/remediation/record/limits';
import { isDone, isPartOf, isRungFailed, isVerifying } from '#lib/remediation/record/outcome';
import type { RecordingServices } from '#lib/remediation/record/services';
import type { Waits } from '#lib/rules/waits';

/** A node that the API could not do something to is tried this often in all. */
const MAX_ATTEMPTS = 3;

/** So often in all the API may put nodes off until later; the pause doubles each time, to about an hour together. */
const MAX_PUT_OFF = 9;

/**
 * Records what the API said at once about each node. Nodes of which it said nothing have failed (docs/modelarts-api.md, section
 * 10, row 5). Failed ones are put on the queue again, alone and a bounded number of times.
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
    const { stored, written } = await recordIfAllowed(
      store,
      remediation,
      now,
      (current) => current.callId === call.id && current.phase === 'running',
      (current) => {
        const outcomes = { ...current.outcomes };
        // Tags cannot be read (docs/modelarts-api.md, 2.2): what is said of them is all there is, unless the node is to be well.
        const visible = changesRedundancy(call.request) || verificationOf(rules, current) !== undefined;
        for (const target of targets) outcomes[target] = outcomeOf(target, call, visible);
        return {
          by: 'answer',
          changes: endOrRungFailed(
            rules,
            current,
            decided(current, outcomes, laterOf(targets, call), rules.waits, now),
            now,
          ),
          receipts: [receiptOf(call, targets, outcomes)],
        };
      },
    );
    if (!stored || !isPartOf(stored, call.id)) continue;
    if (targets.some((target) => stored.outcomes[target]?.state === 'verifying')) followed = true;
    const isTriedAgain = stored.state === 'deferred' || stored.state === 'submitting';
    // Where this is a repetition, another try may have leased the failed nodes by now.
    const ended =
      written || !isTriedAgain ? targets : targets.filter((target) => isDone(stored.outcomes[target]));
    if (isRungFailed(stored)) await escalate(stored, services, invocation);
    else await giveBack(stored, 'over', services, ended);
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

function outcomeOf(target: string, { answer }: Call, visible: boolean): NodeOutcome {
  if (answer?.succeeded.includes(target)) {
    return visible
      ? { state: 'verifying', why: 'the API has accepted it' }
      : { state: 'succeeded', why: 'the API says success' };
  }
  const status = answer?.failed[target];
  return {
    state: 'failed',
    why: status === undefined ? 'the API said nothing about the node' : `the API says ${status}`,
  };
}

/** Those of a member's targets that the API may take later. */
function laterOf(targets: readonly string[], { answer }: Call): string[] {
  return targets.filter((target) => answer?.later?.includes(target));
}

function decided(
  current: Remediation,
  outcomes: Remediation['outcomes'],
  later: readonly string[],
  { failedNodesMs }: Waits,
  now: number,
): Changes {
  const { answers: before = { all: 0, later: 0 } } = current;
  const failed = Object.entries(outcomes).filter(([, { state }]) => state === 'failed');
  const answers = { all: before.all + 1, later: before.later + Math.min(later.length, 1) };
  const putOff = answers.later;
  // That the API wants to be asked later is no attempt that has failed.
  const attempts = answers.all - putOff;
  const names = failed.map(([target]) => target);
  const shown = names.slice(0, 5).join(', ');
  const isPutOff = later.length > 0;
  if (failed.length > 0 && (isPutOff ? putOff < MAX_PUT_OFF : attempts < MAX_ATTEMPTS)) {
    const pauseMs = isPutOff ? backoffMs(putOff, failedNodesMs) : failedNodesMs;
    const why = isPutOff
      ? `the API takes ${later.length} nodes later (${outcomes[later[0] ?? '']?.why}): ${later.slice(0, 5).join(', ')}`
      : `${names.length} nodes failed and are tried again: ${shown}`;
    const until = new Date(now + pauseMs).toISOString();
    return { ...waitsUntil(current, until, why), outcomes, answers };
  }
  if (isVerifying({ outcomes })) {
    const why = 'the API has accepted it; the nodes have yet to show it';
    return { phase: 'verifying', why, outcomes, answers };
  }
  const waiting = Object.entries(outcomes).filter(([, { state }]) => state === 'waiting');
  if (failed.length === 0 && waiting.length > 0) {
    const left = waiting.slice(0, 5).map(([target]) => target);
    const why = `${waiting.length} nodes are left for the next call: ${left.join(', ')}`;
    const until = new Date(now + failedNodesMs).toISOString();
    return { ...waitsUntil(current, until, why), outcomes, answers };
  }
  return failed.length > 0
    ? {
        phase: 'failed',
        why: isPutOff
          ? `the API has put off ${later.length} nodes until later ${putOff} times, and is not asked again: ${shown}`
          : `${names.length} nodes failed ${attempts} times: ${shown}`,
        outcomes,
        answers,
      }
    : { phase: 'succeeded', why: successOf(outcomes), outcomes, answers };
}

function successOf(outcomes: Remediation['outcomes']): string {
  const skipped = Object.entries(outcomes).filter(([, { state }]) => state === 'skipped');
  if (skipped.length === 0) return 'the API says success for every node';
  const names = skipped.slice(0, 5).map(([target]) => target);
  return `the API says success for every node but the ${skipped.length} that were skipped: ${names.join(', ')}`;
}

function receiptOf(call: Call, targets: readonly string[], outcomes: Remediation['outcomes']): NewReceipt {
  const later = laterOf(targets, call);
  const failed = targets.filter((target) => outcomes[target]?.state === 'failed');
  return {
    step: 'answer',
    callId: call.id,
    succeeded: targets.length - failed.length,
    failed: Object.fromEntries(failed.map((target) => [target, outcomes[target]?.why])),
    ...(later.length > 0 && { later: later.length }),
  };
}
