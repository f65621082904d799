import type { CallError } from '#lib/ledger/call';
import type { NewReceipt } from '#lib/ledger/receipts/receipt';
import type { Remediation } from '#lib/ledger/remediation';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import { newestAlerts } from '#lib/remediation/record/open';
import { type Changes, type Recorded, transition } from './move.ts';
import { withWaiting } from './outcomes.ts';
import { withVerdicts } from './spoken.ts';
import type { InPhase } from './transitions.ts';

type GuardReceipt = Extract<NewReceipt, { step: 'guard' }>;

/** A change that leaves a remediation in its phase. */
function note(
  current: Remediation,
  changes: Omit<Changes, 'phase'>,
  ...receipts: readonly NewReceipt[]
): Recorded {
  return transition(current, 'note', changes, ...receipts);
}

/** The answer of its call was lost: `poll-jobs` finds out the effect. */
export function noteLostAnswer(
  current: InPhase<'calling'>,
  {
    id,
    request,
    deadline,
    error,
  }: { id: string; request: unknown; deadline?: string | undefined; error?: CallError | undefined },
  now: number,
): Recorded {
  const { answeredAt = new Date(now).toISOString() } = current;
  return note(
    current,
    {
      answeredAt,
      why: 'the answer of the call was lost: it is not sent again, and Poolkeeper searches for its effect',
      ...(deadline && { deadline }),
    },
    { step: 'call', outcome: 'unknown', callId: id, request, ...error },
  );
}

/** An observed command ends unexplained: the verdicts of its guards cannot be known. */
export function noteUnexplained(current: Remediation, guard: string, reason: string): Recorded {
  const why = `only observed; what would have been done is not known: ${reason}`;
  const verdict = { guard, allowed: false };
  return note(current, { why, ...withVerdicts(current, [verdict]) }, { step: 'guard', ...verdict, why });
}

/** Some of its targets wait for a later call; the others go on. */
export function noteWaiting(
  current: InPhase<'undecided' | 'waiting' | 'calling'>,
  waiting: readonly { target: string; why: string }[],
  verdicts: readonly GuardReceipt[],
): Recorded {
  return note(
    current,
    { outcomes: withWaiting(current, waiting), ...withVerdicts(current, verdicts) },
    ...verdicts,
  );
}

/** It goes with the other nodes of a supernode, and rests on their alerts, too. */
export function noteWhole(
  current: Remediation,
  whole: NonNullable<Remediation['whole']>,
  alerts: Remediation['alerts'],
): Recorded {
  const { nodes, parts } = whole;
  return note(current, { whole, alerts }, { step: 'whole', nodes, ...(parts && { parts }) });
}

/** A request of it got no answer. The same is sent again, because twice is as good as once. */
export function noteUnsure(current: Remediation): Recorded {
  return note(current, { unsure: true });
}

/** Its message goes back once more, until the same time. If there are several copies, only the one with this count goes on. */
export function noteReturned(current: InPhase<'waiting'>): Recorded {
  return note(current, { deferrals: current.deferrals + 1 });
}

/** Its turn has come before the end of its wait. */
export function noteWoken(current: InPhase<'waiting'>, now: number): Recorded {
  return note(current, { deferredUntil: new Date(now).toISOString() });
}

/** Its command goes on its queue again, `times` in a row without progress. */
export function noteSentAgain(current: Remediation, times: number, now: number): Recorded {
  const swept = { at: new Date(now).toISOString(), times };
  const why = `nothing has happened to it since ${current.updatedAt}: its command is put on its queue again`;
  return note(current, { swept }, ...(times === 1 ? [{ step: 'sweep' as const, why }] : []));
}

/** A person has stated that nothing works on its targets any more. After that it cannot be taken up again. */
export function noteReleased(
  current: InPhase<'needs-human'>,
  by: string,
  receipt: Extract<NewReceipt, { step: 'release' }>,
): Recorded {
  return note(current, { releasedBy: by, handedOver: undefined }, receipt);
}

/** Alerts for which it speaks have resolved. */
export function noteResolved(
  current: Remediation,
  ended: readonly { fingerprint: string; resolvedAt: string; lost?: string }[],
): Recorded {
  const times = ended.map(({ fingerprint, resolvedAt }) => [fingerprint, resolvedAt]);
  return note(
    current,
    { resolvedAlerts: { ...current.resolvedAlerts, ...Object.fromEntries(times) } },
    ...ended.map(({ fingerprint: alert, resolvedAt, lost }) => ({
      step: 'evidence' as const,
      alert,
      status: lost === undefined ? 'resolved' : 'lost',
      resolvedAt,
      ...(lost !== undefined && { why: lost }),
    })),
  );
}

/** It rests on further alerts: its rule's alerts about its node that fire. */
export function noteAlerts(current: Remediation, added: readonly AlertReference[]): Recorded {
  const source = current.reason?.['source'];
  return note(
    current,
    { alerts: newestAlerts([...current.alerts, ...added]) },
    ...added.map(({ fingerprint, startsAt }) => ({ step: 'event' as const, source, fingerprint, startsAt })),
  );
}

/** The notice of a `notify` rung was sent. */
export function noteNoticeSent(current: Remediation, said: { severity?: string }, now: number): Recorded {
  return note(current, { noticeSentAt: new Date(now).toISOString() }, { step: 'notice', ...said });
}
