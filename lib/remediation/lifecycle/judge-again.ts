import type { Remediation } from '#lib/ledger/remediation';
import { stateSince } from '#lib/remediation/record/end-of-ladder';
import { type Recorded, transition } from './move.ts';
import type { Subject } from './transitions.ts';

/** A skipped remediation is judged again no sooner than this, if its alert still fires. */
const JUDGED_AGAIN_MS = 10 * 60_000;

/** The most receipts of this kind, because an alert may fire for weeks. */
const RECEIPTS = 20;

/** Whether a remediation was skipped long enough ago to be judged again. `now`: epoch milliseconds. */
export function isToBeJudgedAgain(
  remediation: Remediation,
  now: number,
): remediation is Subject<'judge-again'> {
  return remediation.phase === 'skipped' && now - Date.parse(stateSince(remediation)) >= JUDGED_AGAIN_MS;
}

/** A skipped remediation is judged again because its alert still fires: the reason against it may no longer hold. */
export function judgeAgain(current: Subject<'judge-again'>, now: number): Recorded {
  const times = (current.judgedAgain?.times ?? 0) + 1;
  const before = current.why === undefined ? '' : `; it was skipped: ${current.why}`;
  const why = `its alert still fires, and it is judged again${before}`;
  const kept = Object.entries(current.outcomes).filter(([, { state }]) => state !== 'skipped');
  return transition(
    current,
    'judge-again',
    {
      phase: 'undecided',
      why: why.slice(0, 500),
      judgedAgain: { at: new Date(now).toISOString(), times },
      outcomes: Object.fromEntries(kept),
    },
    ...(times <= RECEIPTS ? [{ step: 'judged-again' as const, times }] : []),
  );
}
