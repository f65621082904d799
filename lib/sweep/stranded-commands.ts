import { type Remediation, remediationKind } from '#lib/ledger/remediation';
import { handOver, loseTrack } from '#lib/remediation/lifecycle/hand-over';
import { type Recorded, recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteSentAgain, noteUnexplained } from '#lib/remediation/lifecycle/note';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { isOpen, isUndecided } from '#lib/remediation/record/outcome';
import { isLongPast, STRANDED_MS } from './age.ts';
import { sweepOf } from './sweep-of.ts';

/**
 * How often in a row, and so for two hours, a command returns to its queue without progress. By then its function does not
 * run, or dies over this very command. A person hears of it, so that it does not harm its neighbours forever.
 */
export const MAX_SENT_AGAIN = 8;

/** Limit of the search for commands in mode observe: they have ended, and only lack their guards' verdicts. */
const OBSERVED_WITHIN_MS = 24 * 3_600_000;

/**
 * Undecided commands without any change for longer than a message of theirs can be under way. They return to their queue,
 * and their function continues after the point where the last one died. This is recorded before the message is sent, so each
 * gets at most one more message for each `STRANDED_MS`.
 */
export const strandedCommands = sweepOf({
  name: 'stranded-commands',
  kind: remediationKind,
  places: [
    { partition: 'submitting', restedMs: STRANDED_MS },
    { partition: 'deferred', restedMs: STRANDED_MS },
    { partition: 'observed', restedMs: STRANDED_MS, withinMs: OBSERVED_WITHIN_MS },
  ],
  async finish(found, services, { log }) {
    const { clock } = services;
    const { id } = found;
    const now = clock.now();
    // A command that waits for long comes back again and again: most of them are not stranded.
    if (!isStranded(found, now)) return undefined;
    const { stored, written } = await recordRemediation(services, id, now, (current) =>
      isStranded(current, now) ? sentAgain(current, now) : undefined,
    );
    if (!stored || !written) return undefined;
    log.warn('a command was left behind', { correlationId: id, state: stored.state, why: stored.why });
    if (!goesOn(stored)) return 'handed to a person';
    await sendCommand(stored, services);
    return 'sent again';
  },
});

function isStranded(remediation: Remediation, now: number): boolean {
  const { state, updatedAt, deferredUntil } = remediation;
  const waits = state === 'deferred' && !isLongPast(deferredUntil, now);
  return goesOn(remediation) && isLongPast(updatedAt, now) && !waits;
}

/** Whether its function still has work for it: a decision, or the escalation of a rung that did not help. */
function goesOn(remediation: Remediation): boolean {
  const { phase, state } = remediation;
  return isOpen(remediation) || (phase === 'rung-failed' && state === 'submitting');
}

function sentAgain(current: Remediation, now: number): Recorded | undefined {
  const { swept, updatedAt } = current;
  // Any other write in between was progress.
  const times = swept?.at === updatedAt ? swept.times + 1 : 1;
  return times > MAX_SENT_AGAIN ? givenUp(current) : noteSentAgain(current, times, now);
}

function givenUp(current: Remediation): Recorded | undefined {
  const why = `its command was sent ${MAX_SENT_AGAIN} more times without effect: check the errors and throttles of its function`;
  if (current.phase === 'observed') return noteUnexplained(current, 'swept', why);
  if (isUndecided(current)) return handOver(current, why);
  return current.phase === 'rung-failed' ? loseTrack(current, why) : undefined;
}
