import type { Remediation } from '#local/story/ledger';
import type { DeadLetter } from './dead-letter.ts';

/** Whether a dead letter is to be sent back: it helps and harms nothing; it harms nothing and helps nothing; or it cannot be. */
export type Judgement = { verdict: 'safe' | 'useless' | 'impossible'; why: string };

/** What the ledger says of a command's remediation. `unknown`: it could not be asked. */
export type Known = Remediation | 'absent' | 'unknown';

/** `hasQueue`: whether there is a queue for it to go back to. */
export function judge(
  { subject, cause, functionName }: Pick<DeadLetter, 'subject' | 'cause' | 'functionName'>,
  known: Known,
  hasQueue: boolean,
): Judgement {
  if (subject.kind === 'unreadable') return { verdict: 'impossible', why: 'no function can read it' };
  if (subject.kind === 'firing') {
    const why =
      'a firing has no queue to go back to: start scale-node-pools with it by hand (docs/deploy.md)';
    return { verdict: 'impossible', why };
  }
  if (!hasQueue) return { verdict: 'impossible', why: `${functionName} has no queue` };
  if (cause === 'refused-by-api')
    return {
      verdict: 'useless',
      why: 'the API has refused it for good, and its remediation has failed: send a new command',
    };
  if (cause === 'refused-by-function')
    return {
      verdict: 'useless',
      why: 'it would be refused again, unless what it was refused for has changed since',
    };
  if (subject.kind === 'follow')
    return {
      verdict: 'safe',
      why: 'a look too many is dropped; the sweep sees to it that the call is followed in any case',
    };
  if (subject.kind === 'tag-policy')
    return { verdict: 'safe', why: 'a policy never replaces one that was sent later' };
  return judgeCommand(known);
}

function judgeCommand(known: Known): Judgement {
  if (known === 'unknown') {
    const why = 'its id decides whether anything is left to be done; the ledger could not be asked';
    return { verdict: 'safe', why };
  }
  if (known === 'absent') return { verdict: 'safe', why: 'the ledger knows nothing of it yet: it begins' };
  const { state, receipts } = known;
  if (state === 'submitting' || state === 'deferred') {
    return { verdict: 'safe', why: 'it is still to be decided, and goes on from where it was left' };
  }
  if (state === 'needs-human' && wasHandedOver(receipts)) {
    const why = 'it was handed over undecided, and goes on: its guards decide on what is true then';
    return { verdict: 'safe', why };
  }
  return { verdict: 'useless', why: SPENT[state] ?? `its remediation has ended: ${state}` };
}

/** States in which a command has had its turn, though it has not ended. */
const SPENT: Partial<Record<Remediation['state'], string>> = {
  'needs-human': 'its remediation is left to a person',
  running: 'its call was made, and is followed',
  verifying: 'its call was made, and is followed',
  'awaiting-approval': 'its plan waits for an approval',
};

/** Whether nothing has become of it since; evidence and notices aside. */
function wasHandedOver(receipts: Remediation['receipts']): boolean {
  return receipts.findLast(({ step }) => step !== 'evidence' && step !== 'notify')?.step === 'handed-over';
}
