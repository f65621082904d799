import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { stateSince } from '#lib/remediation/record/end-of-ladder';
import { recordRemediation } from './move.ts';

/** What was skipped is judged again no sooner than this, when its alert is received firing. */
const JUDGED_AGAIN_MS = 10 * 60_000;

/** So often it has a receipt of its own that a remediation is judged again; an alert may fire for weeks. */
const RECEIPTS = 20;

/**
 * Has a remediation judged again that was skipped, and whose alert is received firing all the same: what spoke against it may
 * have passed. Once every ten minutes at most.
 *
 * @returns it as it is stored then.
 */
export async function judgeAgain(store: Store, remediation: Remediation, now: number): Promise<Remediation> {
  const isDue = (current: Remediation) =>
    current.phase === 'skipped' && now - Date.parse(stateSince(current)) >= JUDGED_AGAIN_MS;
  if (!isDue(remediation)) return remediation;
  const stored = await recordRemediation(store, remediation.id, now, isDue, (current) => {
    const times = (current.judgedAgain?.times ?? 0) + 1;
    const before = current.why === undefined ? '' : `; it was skipped: ${current.why}`;
    const why = `its alert still fires, and it is judged again${before}`;
    return {
      by: 'judge-again',
      changes: {
        phase: 'undecided',
        why: why.slice(0, 500),
        judgedAgain: { at: new Date(now).toISOString(), times },
        outcomes: Object.fromEntries(
          Object.entries(current.outcomes).filter(([, { state }]) => state !== 'skipped'),
        ),
      },
      receipts: times <= RECEIPTS ? [{ step: 'judged-again', times }] : [],
    };
  });
  return stored ?? remediation;
}
