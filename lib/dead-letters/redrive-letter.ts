import { excerpt } from '#lib/bounds';
import type { Invocation } from '#lib/handler/invocation';
import { HttpProblem } from '#lib/handler/problem';
import { REDRIVEN_BY_ATTRIBUTE } from '#lib/handler/queue-record';
import type { Store } from '#lib/ledger/store';
import { adviceOn, type Judgement } from './judge.ts';
import { type DeadLetterServices, judged } from './list-letters.ts';
import { type HeldLetter, holdLetter } from './read-letters.ts';
import { bodyToSend } from './subject.ts';

/** A dead letter that was sent back. `advice`: whether that was worth it. */
export type Redriven = { id: string; function: string; remediation?: string; advice: string };

/**
 * Puts a dead letter back on the queue of its function, and then takes it away. A process that dies in between leaves both: the id of a
 * command, the number of a poll, the version of a policy and the entry of a notice make the second copy harmless.
 *
 * @param id the id of the message.
 * @param decision `by`: the name of the credential, for the ledger; `note`: the body's own `by`, for the log.
 * @throws HttpProblem 404 if there is no such letter; 409 if it cannot be sent back, or if another reader has letters at this moment
 * and it may be one of them.
 */
export async function redriveDeadLetter(
  id: string,
  decision: { by: string; note?: string | undefined },
  services: DeadLetterServices,
  { log, deadlineMs }: Pick<Invocation, 'log' | 'deadlineMs'>,
): Promise<Redriven> {
  const { clock, store, deadLetterQueues } = services;
  const { by, note } = decision;
  const found = await holdLetter(deadLetterQueues, id, () => clock.now(), deadlineMs);
  if (!found.held) throw notFound(id, found);
  const { letter, queue } = found.held;
  const { subject, functionName, receiptHandle } = letter;
  const judgement = await sendBack(found.held, by, store);
  log.info('a dead letter was sent back', { deadLetter: id, function: functionName, by, note });
  await queue.letters.remove(receiptHandle);
  return {
    id,
    function: functionName,
    ...(subject.kind === 'command' && { remediation: subject.id }),
    advice: adviceOn(judgement),
  };
}

/** Sends a letter back, if it can be. Otherwise other readers see it again at once. */
async function sendBack(
  { letter, queue: { letters, source } }: HeldLetter,
  by: string,
  store: Store,
): Promise<Judgement> {
  try {
    const judgement = await judged(letter, source !== undefined, store);
    if (judgement.verdict === 'impossible' || !source)
      throw new HttpProblem(409, 'Conflict', `Dead letter ${letter.messageId}: ${adviceOn(judgement)}`);
    const attributes = { [REDRIVEN_BY_ATTRIBUTE]: by };
    await source.send([{ body: bodyToSend(letter.body, letter.subject), attributes }]);
    return judgement;
  } catch (error) {
    await letters.release([letter.receiptHandle]);
    throw error;
  }
}

function notFound(id: string, { hidden, isCut }: { hidden: number; isCut: boolean }): HttpProblem {
  const shown = JSON.stringify(excerpt(id, 128));
  if (isCut) {
    const detail = `There are more dead letters than could be searched for ${shown} in time: ask again, or use npm run redrive`;
    return new HttpProblem(409, 'Conflict', detail);
  }
  if (hidden === 0) return new HttpProblem(404, 'Not Found', `There is no dead letter ${shown}`);
  const detail = `There is no dead letter ${shown} among those that can be read now. Another reader has ${hidden} of them at this moment: ask again in half a minute`;
  return new HttpProblem(409, 'Conflict', detail);
}
