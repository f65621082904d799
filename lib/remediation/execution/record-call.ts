import type { Invocation } from '#lib/handler/invocation';
import type { Call } from '#lib/ledger/call';
import { readMany } from '#lib/ledger/read-many';
import { remediationKey, remediationKind } from '#lib/ledger/remediation';
import { accept } from '#lib/remediation/lifecycle/call';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteLostAnswer } from '#lib/remediation/lifecycle/note';
import { canStart } from '#lib/remediation/lifecycle/transitions';
import { firstPoll, followMessage, sendFollow } from '#lib/remediation/messages/poll-schedule';
import { reportIfUnreadable } from '#lib/remediation/messages/report-unreadable';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import { isPartOf } from '#lib/remediation/record/outcome';
import type { RecordingServices } from '#lib/remediation/record/services';
import { ownJob } from './call.ts';
import { recordAnswered } from './record-answered.ts';

/**
 * Records an accepted call everywhere: the job's owner, each remediation, the message that follows it. Safe to repeat: a process
 * that finds it half done finishes it.
 */
export async function recordAccepted(
  call: Call,
  services: RecordingServices,
  invocation: Invocation,
): Promise<void> {
  const { clock, rules, follow } = services;
  const { answer, callingAt = call.createdAt } = call;
  await enterAccepted(call, services, invocation);
  if (answer && !(await recordAnswered(call, services, invocation))) return;
  const dueMs = Math.max(firstPoll(Date.parse(callingAt), rules), clock.now());
  await sendFollow(follow, [followMessage(call, call.looks, dueMs)], clock.now());
}

/**
 * Finishes `recordAccepted` for a call whose process may have died in between. It enters the job before it records anything in the
 * remediations, so nothing is missing if all of them are part of the call.
 */
export async function completeAccepted(
  call: Call,
  services: Pick<RecordingServices, keyof OutboxServices | 'clock'>,
  invocation: Pick<Invocation, 'log'>,
): Promise<void> {
  const keys = call.members.map(({ remediation }) => remediationKey(remediation));
  const { values } = await readMany(services.store, remediationKind, keys);
  const isComplete = values.length === keys.length && values.every((one) => isPartOf(one, call.id));
  if (!isComplete) await enterAccepted(call, services, invocation);
}

/** Records in each remediation of a call that the API accepted it, and enters its job as its own. Safe to repeat. */
async function enterAccepted(
  call: Call,
  services: Pick<RecordingServices, keyof OutboxServices | 'clock'>,
  invocation: Pick<Invocation, 'log'>,
): Promise<void> {
  const { clock } = services;
  const now = clock.now();
  const { id, jobId } = call;
  if (jobId !== undefined) await enterOwner(call, jobId, services, invocation);
  await Promise.all(
    call.members.map(({ remediation, targets }) =>
      recordRemediation(services, remediation, now, (current) =>
        canStart(current, 'accept') && current.callId === id && !isPartOf(current, id)
          ? accept(current, call, targets, now)
          : undefined,
      ),
    ),
  );
}

/**
 * Enters the job as the call's own, so that no lost call adopts it. An unreadable entry protects the job, too, because no call
 * adopts a job with an entry. So it is only reported, and the call goes on.
 */
async function enterOwner(
  call: Call,
  jobId: string,
  services: Pick<RecordingServices, 'store' | 'clock' | 'notices'>,
  { log }: Pick<Invocation, 'log'>,
): Promise<void> {
  try {
    await ownJob(services.store, call, jobId, services.clock.now());
  } catch (error) {
    if (!(await reportIfUnreadable(error, services, log))) throw error;
  }
}

/** Records in each remediation that the answer was lost. `poll-jobs` searches for the effect. */
export async function recordLost(
  call: Call,
  services: Pick<RecordingServices, keyof OutboxServices | 'clock'>,
): Promise<void> {
  const now = services.clock.now();
  await Promise.all(
    call.members.map(({ remediation }) =>
      recordRemediation(services, remediation, now, (current) =>
        current.phase === 'calling' && current.callId === call.id
          ? noteLostAnswer(current, call, now)
          : undefined,
      ),
    ),
  );
}
