import type { Remediation } from '#local/client/ledger';
import type { DeadLetter } from './dead-letter.ts';

/** Whether to send a dead letter back: it helps and is harmless; it is harmless but no use; or it is not possible. */
export type Judgement = { verdict: 'safe' | 'useless' | 'impossible'; why: string };

/** The ledger's answer about a command's remediation. `unknown`: the ledger did not answer. */
export type Known = Remediation | 'absent' | 'unknown';

/** `hasQueue`: whether it has a queue to return to. */
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
  if (!hasQueue) return { verdict: 'impossible', why: `${functionName} has no queue` };
  if (cause === 'refused-by-api')
    return {
      verdict: 'useless',
      why: 'the API refused it for good, and its remediation has failed: send a new command',
    };
  if (cause === 'refused-by-function')
    return {
      verdict: 'useless',
      why: 'it would be refused again, unless the cause of the refusal has changed since',
    };
  if (subject.kind === 'follow')
    return {
      verdict: 'safe',
      why: 'an extra poll is dropped; the sweep makes sure that the call is followed in any case',
    };
  if (subject.kind === 'tag-policy') return { verdict: 'safe', why: 'a policy never replaces a later one' };
  return judgeCommand(known);
}

function judgeCommand(known: Known): Judgement {
  if (known === 'unknown') {
    const why = 'its id decides whether work is left; the ledger did not answer';
    return { verdict: 'safe', why };
  }
  if (known === 'absent') return { verdict: 'safe', why: 'the ledger does not know it yet: it begins' };
  const { state, receipts } = known;
  if (state === 'submitting' || state === 'deferred') {
    return { verdict: 'safe', why: 'it is undecided, and goes on from its last step' };
  }
  if (state === 'needs-human' && wasHandedOver(receipts)) {
    const why = 'it was handed to a person undecided, and goes on: its guards decide on the facts of then';
    return { verdict: 'safe', why };
  }
  return { verdict: 'useless', why: SPENT[state] ?? `its remediation has ended: ${state}` };
}

/** States in which a command had its turn, although it has not ended. */
const SPENT: Partial<Record<Remediation['state'], string>> = {
  'needs-human': 'its remediation is left to a person',
  running: 'its call was made, and is followed',
  verifying: 'its call was made, and is followed',
  'awaiting-approval': 'its plan waits for an approval',
};

/** Whether nothing has happened to it since, apart from evidence and notices. */
function wasHandedOver(receipts: Remediation['receipts']): boolean {
  return receipts.findLast(({ step }) => step !== 'evidence' && step !== 'notify')?.step === 'handed-over';
}
