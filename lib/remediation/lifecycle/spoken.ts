import type { Remediation } from '#lib/ledger/remediation';
import type { Changes } from './move.ts';

/** The fields that keep the verdicts: how far the guards have been asked, and the guards that have refused. */
export function withVerdicts(
  { judged, refusedBy = [] }: Pick<Remediation, 'judged' | 'refusedBy'>,
  verdicts: readonly { guard: string; allowed: boolean }[],
): Pick<Changes, 'judged' | 'refusedBy'> {
  const isOfTargets = judged === 'targets' || verdicts.some(({ guard }) => guard !== 'mode');
  const refusals = verdicts.flatMap(({ guard, allowed }) => (allowed ? [] : [guard]));
  return {
    judged: isOfTargets ? 'targets' : 'mode',
    ...(refusals.length > 0 && { refusedBy: [...new Set([...refusedBy, ...refusals])] }),
  };
}
