import { isRecord } from '#lib/is-record';
import type { Receipt } from '#lib/ledger/receipts/receipt';
import { counted, ended, sentence, sentences, shownValue } from './english.ts';
import type { ActionWords, Sentence } from './sentence.ts';

type Of<Step extends Receipt['step']> = Extract<Receipt, { step: Step }>;

/** A refusal in the vendor's words if it has any, with its status and code. */
export function refusalText({
  message,
  status,
  code,
  vendorMessage,
}: Pick<Of<'call'>, 'message' | 'status' | 'code' | 'vendorMessage'>): string {
  const marks = [status !== undefined && `HTTP ${status}`, code].filter((mark) => typeof mark === 'string');
  const said = vendorMessage ?? message ?? 'no reason was given';
  return `${said}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`;
}

/** One call: sent and accepted, sent and without an answer, or refused. */
export function callSentence(receipt: Of<'call'>, { vendorName }: ActionWords): Sentence {
  const { at, outcome, joined = 1, targets = [], note } = receipt;
  switch (outcome) {
    case 'accepted': {
      const about = targets.length > 1 ? ` for ${counted(targets.length, 'target')}` : '';
      const together = joined > 1 ? `, one call for ${counted(joined, 'remediation')}` : '';
      const text = sentences(`ModelArts accepted ${vendorName}${about}, sent once${together}`, note);
      return { at, label: `${vendorName} sent`, text, tone: 'plain' };
    }
    case 'unknown': {
      const text = sentences(
        `Poolkeeper sent ${vendorName} once, and its answer was lost: ${refusalText(receipt)}`,
      );
      return { at, label: `${vendorName} sent`, text, tone: 'notable' };
    }
    case 'refused':
      return {
        at,
        label: 'refused',
        text: sentences(`ModelArts refused ${vendorName}: ${refusalText(receipt)}`),
        tone: 'bad',
      };
  }
}

/** The API's immediate answer for each node. */
export function answerText({ succeeded, failed, later }: Of<'answer'>): string {
  const reasons = isRecord(failed)
    ? Object.entries(failed).map(([node, why]) => `${node}: ${shownValue(why)}`)
    : [];
  return sentences(
    `ModelArts answered with success for ${counted(succeeded, 'node')}`,
    reasons.length > 0 && `Without success: ${reasons.join('; ')}`,
    later !== undefined && later > 0 && `${counted(later, 'node')} must be asked for again later`,
  );
}

/** The phase of a job. */
export function jobSentence(receipt: Of<'job'>, time: (iso: string) => string): Sentence {
  const { at, jobId, phase, endedAt, deadline, why } = receipt;
  switch (phase) {
    case 'submitted': {
      const until = deadline === undefined ? '' : `, which may take until ${time(deadline)}`;
      return {
        at,
        label: 'job',
        text: `ModelArts works on it as ${jobId === undefined ? 'a job' : `job ${jobId}`}${until}.`,
        tone: 'plain',
      };
    }
    case 'running':
      return { at, label: 'job runs', text: 'The job runs.', tone: 'dim' };
    case 'succeeded': {
      const when = endedAt === undefined ? '' : ` at ${time(endedAt)}`;
      return {
        at,
        label: 'job succeeded',
        text: `The job ended with success${when}. The state of the target decides.`,
        tone: 'plain',
      };
    }
    case 'failed':
      return { at, label: 'job failed', text: sentences(why ?? 'The job failed'), tone: 'bad' };
    default:
      return { at, label: `job ${phase}`, text: sentences(why ?? `The job is ${phase}`), tone: 'notable' };
  }
}

/** The verification of a target after the call. */
export function verifySentence(receipt: Of<'verify'>, { verified }: ActionWords, several: boolean): Sentence {
  const { at, target, state, why = `its state is ${state}` } = receipt;
  const text = several ? ended(`${target}: ${why}`) : sentence(why);
  if (state === 'succeeded') return { at, label: verified, text, tone: 'good' };
  return { at, label: 'verification', text, tone: state === 'failed' ? 'bad' : 'plain' };
}
