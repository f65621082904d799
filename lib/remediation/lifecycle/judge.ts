import type { NewReceipt } from '#lib/ledger/receipts/receipt';
import { isVerifying } from '#lib/remediation/record/outcome';
import { waitsUntil } from './defer.ts';
import { type Changes, type Recorded, transition } from './move.ts';
import { type RefusedTarget, withRefused, withWaiting } from './outcomes.ts';
import { withVerdicts } from './spoken.ts';
import type { Subject, Target } from './transitions.ts';

/** The decision about a command. Without a phase, the command is carried out. */
export type Decision = Pick<Changes<Target<'judge'>>, 'phase' | 'why' | 'plan'>;

/** The verdicts of a command's guards, and the decision that follows from them. */
export type Judged = {
  decision: Decision;
  /** When a deferred command comes back, ISO 8601, and the guards that defer it. */
  deferral?: { until: string; guards: string[]; behind?: string };
  refused: readonly RefusedTarget[];
  /** The targets that wait for a later call of a command that is carried out now. */
  waiting: readonly { target: string; why: string }[];
  /** The facts about its targets that this reading adds. */
  seen: Pick<Changes, 'resolved' | 'notSeen' | 'nodePool' | 'nodePoolFound'>;
  verdicts: readonly Extract<NewReceipt, { step: 'guard' }>[];
  /** Why nothing is left to be done. If present, the guards of the targets do not count. */
  done?: string | undefined;
};

/**
 * The guards of a command were asked, which makes one attempt.
 *
 * @param handover the report for a person, if the decision hands the command to one.
 */
export function judge(
  current: Subject<'judge'>,
  { decision, deferral, refused, waiting, seen, verdicts: said, done }: Judged,
  handover: readonly NewReceipt[] = [],
): Recorded {
  const verdicts =
    done === undefined
      ? said
      : [{ step: 'guard' as const, guard: 'already-done', allowed: false, why: done }];
  const { why = '', phase, plan } = decision;
  // The targets of an earlier call are still verified.
  const isStillVerifying = phase !== undefined && !deferral && isVerifying(current);
  const isVoid = done === undefined && phase === 'planned' && current.approval !== undefined;
  return transition(
    current,
    'judge',
    {
      ...decision,
      ...seen,
      ...withVerdicts(current, verdicts),
      ...(deferral && { ...waitsUntil(current, deferral.until, why), putOff: undefined }),
      ...(done === undefined && {
        outcomes: withWaiting({ outcomes: withRefused(current, refused) }, waiting),
      }),
      judgements: (current.judgements ?? 0) + 1,
      ...(isStillVerifying && { phase: 'verifying' as const }),
    },
    ...verdicts,
    ...(isVoid
      ? [
          {
            step: 'approval' as const,
            decision: 'void' as const,
            approved: current.approval?.hash,
            plan: plan?.hash,
          },
        ]
      : []),
    ...(deferral ? [{ step: 'defer' as const, ...deferral, why }] : []),
    ...handover,
  );
}
