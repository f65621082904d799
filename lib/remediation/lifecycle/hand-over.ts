import type { Remediation } from '#lib/ledger/remediation';
import { type Recorded, transition } from './move.ts';
import type { InPhase, Subject } from './transitions.ts';

/**
 * Hands an undecided command to a person, because its message has failed too often or has had no effect. The command is not
 * spent: if it comes again, it is taken up.
 */
export function handOver(current: Subject<'hand-over'>, why: string): Recorded {
  const changes = { phase: 'needs-human', why, handedOver: true } as const;
  return transition(current, 'hand-over', changes, { step: 'handed-over', why });
}

/** Whether a remediation was handed over undecided, and has not changed since. */
export function isHandedOver(remediation: Remediation): remediation is InPhase<'needs-human'> {
  return remediation.phase === 'needs-human' && remediation.handedOver === true;
}

/**
 * Takes up a remediation that was handed over undecided: a person has sent its command back, or the command was only slow. Its
 * guards decide now. If it is left behind once more, it is handed over at once.
 */
export function takeUpAgain(
  current: Subject<'take-up-again'>,
  message: { messageId: string; redrivenBy?: string | undefined } | undefined,
  now: number,
): Recorded {
  const { swept } = current;
  const changes = {
    phase: 'undecided' as const,
    why: 'its command has come again',
    ...(swept && { swept: { ...swept, at: new Date(now).toISOString() } }),
  };
  const { messageId, redrivenBy: by } = message ?? {};
  const receipt = { step: 'redrive' as const, messageId, ...(by !== undefined && { by }) };
  return transition(current, 'take-up-again', changes, receipt);
}

/** Nothing follows the calls of a remediation any more, so its end stays unknown. */
export function loseTrack(current: Subject<'lose-track'>, why: string): Recorded {
  return transition(
    current,
    'lose-track',
    { phase: 'needs-human', why },
    { step: 'sweep', gaveUp: true, why },
  );
}
