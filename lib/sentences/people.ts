import { fieldOf, sentences, shownValue } from './english.ts';
import type { Of, Sentence, Tone } from './sentence.ts';

/** The decision about a plan. */
export function approvalSentence(receipt: Of<'approval'>): Sentence {
  const { at, decision, by = 'a person', note, why, hash, approved, plan } = receipt;
  const say = (text: string, tone: Tone): Sentence => ({ at, label: decision, text, tone });
  switch (decision) {
    case 'approved':
      return say(sentences(`The plan ${hash ?? ''} has the approval of ${by}`, noteText(note)), 'good');
    case 'seconded':
      return say(sentences(`The plan has the approval of ${by}, too`, noteText(note)), 'good');
    case 'rejected':
      return say(sentences(`The plan was rejected by ${by}`, noteText(note), why), 'notable');
    case 'expired':
      return say(sentences(why ?? 'The time for a decision is over'), 'notable');
    case 'void':
      return say(
        sentences(
          `The plan has changed since its approval, from ${approved ?? 'none'} to ${plan ?? 'none'}: the approval no longer holds`,
        ),
        'notable',
      );
  }
}

/** The note that a person left with a decision. */
export function noteText(note: string | undefined): string | undefined {
  return note === undefined ? undefined : `Their note: “${note}”`;
}

/** The facts for the person who takes over. */
export function handoverText({ rungs, shows, lookAt }: Of<'handover'>): string {
  const tried = rungs.map((rung, index) => {
    const number = fieldOf(rung, 'rung') ?? index + 1;
    return `${shownValue(number)}. ${shownValue(fieldOf(rung, 'action'))}: ${shownValue(fieldOf(rung, 'result'))}`;
  });
  return sentences(
    tried.length > 0 && `Tried: ${tried.join('; ')}`,
    shows,
    lookAt.length > 0 && `Look at ${lookAt.join(', ')}`,
  );
}
