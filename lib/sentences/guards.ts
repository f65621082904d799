import type { Receipt } from '#lib/ledger/receipts/receipt';
import { counted, ended, sentence } from './english.ts';
import type { GuardSentence, Sentence } from './sentence.ts';

/** The guards of one evaluation: how many object. `guards` has each one with its reason and numbers. */
export function guardSentence(receipts: readonly Extract<Receipt, { step: 'guard' }>[]): Sentence {
  const guards = receipts.map(({ guard, allowed, why, target }): GuardSentence => {
    return { guard, allowed, text: target === undefined ? sentence(why) : ended(`${target}: ${why}`) };
  });
  const refusing = refusalsIn(guards);
  const at = receipts[0]?.at ?? '';
  if (refusing.length === 0) {
    const text = guards.length === 1 ? 'The only guard allows it.' : `All ${guards.length} guards allow it.`;
    return { at, label: 'guards', text, tone: 'plain', guards };
  }
  const text = `${refusing.length} of ${counted(guards.length, 'guard')} ${refusing.length === 1 ? 'objects' : 'object'}.`;
  return { at, label: 'guards', text, tone: 'notable', guards };
}

/** The guards that object. */
export function refusalsIn(guards: readonly GuardSentence[]): GuardSentence[] {
  return guards.filter(({ allowed }) => !allowed);
}
