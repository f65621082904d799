import type { RemediationState } from '#lib/rules/state';
import type { DeadLetter } from './dead-letter.ts';

/** Whether to send a dead letter back. `safe`: it helps, and is harmless. `useless`: harmless, but no help. `impossible`: no queue takes it. */
export type Judgement = { verdict: 'safe' | 'useless' | 'impossible'; why: string };

/** The ledger's answer about a command's remediation. `unknown`: the ledger did not answer. */
export type Known =
  | { state: RemediationState; handedOver?: boolean | undefined; why?: string | undefined }
  | 'absent'
  | 'unknown';

/**
 * Whether to send a dead letter back, by its content, its cause, and the state of its remediation.
 *
 * @param hasQueue whether the dead letter has a queue to return to
 */
export function judgeDeadLetter(
  { subject, cause, functionName }: Pick<DeadLetter, 'subject' | 'cause' | 'functionName'>,
  known: Known,
  hasQueue: boolean,
): Judgement {
  if (subject.kind === 'unreadable') return { verdict: 'impossible', why: 'no function can read it' };
  if (subject.kind === 'firing') {
    const why = 'a firing has no queue to return to: start scale-node-pools with it by hand (docs/deploy.md)';
    return { verdict: 'impossible', why };
  }
  if (subject.kind === 'event') {
    const why = 'an event has no queue to return to: invoke receive-alert with it by hand (docs/deploy.md)';
    return { verdict: 'impossible', why };
  }
  if (!hasQueue) return { verdict: 'impossible', why: `${functionName} has no queue in this stage` };
  if (cause === 'refused-by-api')
    return {
      verdict: 'useless',
      why: 'the API refused it for good, and its remediation has failed: send a new command',
    };
  if (cause === 'refused-by-function')
    return {
      verdict: 'useless',
      why: 'its function would refuse it again, unless the cause has changed since',
    };
  if (subject.kind === 'follow')
    return {
      verdict: 'safe',
      why: 'the function drops an extra poll, and the sweep follows the call anyway',
    };
  if (subject.kind === 'notice')
    return { verdict: 'safe', why: 'a recipient that has the notice does not get it again' };
  if (subject.kind === 'tag-policy') return { verdict: 'safe', why: 'a policy never replaces a later one' };
  return judgeCommand(known);
}

/** A judgement as a sentence to a person. */
export function adviceOn({ verdict, why }: Judgement): string {
  switch (verdict) {
    case 'safe':
      return `It is worth sending back: ${why}.`;
    case 'useless':
      return `To send it back is no use: ${why}.`;
    case 'impossible':
      return `It cannot be sent back: ${why}.`;
  }
}

function judgeCommand(known: Known): Judgement {
  if (known === 'unknown') {
    const why = 'the ledger did not answer, but the id of the command prevents a second run';
    return { verdict: 'safe', why };
  }
  if (known === 'absent') return { verdict: 'safe', why: 'the ledger does not have it yet: it begins' };
  const { state, handedOver = false } = known;
  if (state === 'submitting' || state === 'deferred') {
    return { verdict: 'safe', why: 'it is undecided, and continues from its last step' };
  }
  if (state === 'needs-human' && handedOver) {
    const why =
      'it was handed to a person undecided. It continues, and its guards decide by the facts at that time';
    return { verdict: 'safe', why };
  }
  return { verdict: 'useless', why: WITHOUT_EFFECT[state] ?? `its remediation has ended: ${state}` };
}

/** The states in which a command cannot run again, although it has not ended. */
const WITHOUT_EFFECT: Partial<Record<RemediationState, string>> = {
  'needs-human': 'its remediation waits for a person',
  running: 'its call was made, and poll-jobs follows it',
  verifying: 'its call was made, and poll-jobs follows it',
  'awaiting-approval': 'its plan waits for an approval',
};
