import type { Call } from '#lib/ledger/call';
import { ownJob } from './call.ts';
import { firstLook, followMessage, sendFollow } from './look.ts';
import { record } from './outcome.ts';
import type { RemediationServices } from './services.ts';

/**
 * Records an accepted call everywhere: the job's owner, each remediation, the message that follows it. Safe to repeat, and
 * repeated by whoever finds it half done.
 */
export async function recordAccepted(
  call: Call,
  services: Pick<RemediationServices, 'store' | 'clock' | 'rules' | 'follow'>,
): Promise<void> {
  const { store, clock, rules, follow } = services;
  const { jobId, callingAt = call.createdAt, deadline } = call;
  if (jobId === undefined) throw new Error(`Call ${call.id} was accepted without a job id`);

  await ownJob(store, call, jobId, clock.now());
  await Promise.all(
    call.members.map(({ remediation, nodes }) =>
      record(
        store,
        remediation,
        clock.now(),
        (current) => current.callId === call.id && current.jobId === undefined,
        () => ({
          changes: { state: 'running', jobId, why: `job ${jobId} runs`, ...(deadline && { deadline }) },
          receipts: [
            {
              step: 'call',
              outcome: 'accepted',
              callId: call.id,
              joined: call.members.length,
              request: call.request,
              nodes,
            },
            { step: 'job', jobId, phase: 'submitted', deadline },
          ],
        }),
      ),
    ),
  );
  const dueMs = Math.max(firstLook(Date.parse(callingAt), rules), clock.now());
  await sendFollow(follow, [followMessage(call, call.looks, dueMs)], clock.now());
}

/** Records in each remediation that the answer was lost. What follows is `poll-jobs`' to find out. */
export async function recordLost(
  call: Call,
  { store, clock }: Pick<RemediationServices, 'store' | 'clock'>,
): Promise<void> {
  await Promise.all(
    call.members.map(({ remediation }) =>
      record(
        store,
        remediation,
        clock.now(),
        (current) => current.callId === call.id && current.state === 'submitting',
        () => ({
          changes: {
            why: 'the answer of the call was lost: it is not sent again, its job is looked for',
            ...(call.deadline && { deadline: call.deadline }),
          },
          receipts: [
            { step: 'call', outcome: 'unknown', callId: call.id, request: call.request, ...call.error },
          ],
        }),
      ),
    ),
  );
}
