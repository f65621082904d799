import type { Verdict } from '#lib/guards/guard';
import { type Recorded, transition } from './move.ts';
import { type RefusedTarget, withRefused } from './outcomes.ts';
import { withVerdicts } from './spoken.ts';
import { phaseOf } from './state-of.ts';
import type { InPhase, Subject } from './transitions.ts';

type Undecided = InPhase<'undecided' | 'waiting' | 'calling'>;

/**
 * Another process took some targets of a command first.
 *
 * @param isAll whether the command has no target left. If so, it ends; otherwise the rest of it goes on.
 */
export function refuseTaken(
  current: Undecided,
  refused: readonly { target: string; verdict: Verdict }[],
  isAll: boolean,
): Recorded {
  const verdicts = refused.map(({ verdict }) => verdict);
  const outcomes = withRefused(current, refused.map(refusedTarget));
  const isForPerson = verdicts.every(({ handsOver }) => handsOver);
  return transition(
    current,
    'refuse',
    {
      outcomes,
      ...withVerdicts(current, verdicts),
      ...(isAll && {
        phase: phaseOf(outcomes, { isForPerson }),
        why: verdicts.map(({ why }) => why).join('; '),
      }),
    },
    ...refused.map(({ target, verdict }) => ({ step: 'guard' as const, target, ...verdict })),
  );
}

/** The last check before the intent refuses a command: its alerts do not fire any more, or its tag policies do not ask for it. */
export function refuseBeforeCall(
  current: InPhase<'calling'>,
  targets: readonly string[],
  verdict: Verdict,
): Recorded {
  const { why, handsOver } = verdict;
  const outcomes = withRefused(
    current,
    targets.map((target) => ({ target, why })),
  );
  return transition(
    current,
    'refuse',
    {
      phase: phaseOf(outcomes, { isForPerson: handsOver === true }),
      why,
      outcomes,
      ...withVerdicts(current, [verdict]),
    },
    { step: 'guard', ...verdict },
  );
}

/** The step of a resolution has nothing to undo. */
export function refuseUndoing(current: Subject<'refuse'>, why: string): Recorded {
  const verdict = { guard: 'something-to-undo', allowed: false };
  return transition(
    current,
    'refuse',
    { phase: 'skipped', why, ...withVerdicts(current, [verdict]) },
    { step: 'guard', ...verdict, why },
  );
}

/** Another remediation, `to`, moves the whole supernode. */
export function join(current: Subject<'join'>, to: string): Recorded {
  const why = `joined: remediation ${to} moves the whole supernode, this node with it`;
  return transition(current, 'join', { phase: 'skipped', why, joinedTo: to }, { step: 'joined', to });
}

function refusedTarget({ target, verdict }: { target: string; verdict: Verdict }): RefusedTarget {
  return { target, why: verdict.why, forPerson: verdict.handsOver === true };
}
