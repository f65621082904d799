import type { CallError } from '#lib/ledger/call';
import type { NewReceipt } from '#lib/ledger/receipts/receipt';
import type { Remediation } from '#lib/ledger/remediation';
import { type Changes, type Recorded, transition } from './move.ts';
import { withVerdicts } from './spoken.ts';
import type { Subject } from './transitions.ts';

/** The changes of a remediation that comes back later. Each time is counted, so that only one of several messages is for it. */
export function waitsUntil({ deferrals = 0 }: Remediation, until: string, why: string): Changes<'waiting'> {
  return { phase: 'waiting', why, deferrals: deferrals + 1, deferredUntil: until };
}

/**
 * Defers a remediation without a call.
 *
 * @param until ISO 8601.
 * @param said the fields of the receipt besides the time.
 * @param more `putOff`: how often it was deferred in a row for a reason that makes it wait longer each time; `verdicts`: the
 * guards that have refused it.
 */
export function defer(
  current: Subject<'defer'>,
  until: string,
  why: string,
  said: Omit<Extract<NewReceipt, { step: 'defer' }>, 'step' | 'until'>,
  { putOff, verdicts = [] }: { putOff?: Remediation['putOff']; verdicts?: readonly Guard[] } = {},
): Recorded {
  return transition(
    current,
    'defer',
    {
      putOff,
      ...waitsUntil(current, until, why),
      ...(verdicts.length > 0 && withVerdicts(current, verdicts)),
    },
    ...verdicts,
    { step: 'defer', until, ...said },
  );
}

type Guard = Extract<NewReceipt, { step: 'guard' }>;

/** Gives up a remediation whose evidence would be too old at its next try. */
export function giveUp(current: Subject<'give-up'>, why: string, failure: CallError): Recorded {
  return transition(
    current,
    'give-up',
    { phase: 'needs-human', why: `${why}; the evidence is too old to go on trying` },
    { step: 'defer', gaveUp: true, ...failure },
  );
}
