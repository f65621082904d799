import type { Invocation } from '#lib/handler/invocation';
import { callKey, callKind } from '#lib/ledger/call';
import { hasEnded } from '#lib/ledger/phase';
import { readMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { refuseUndoing } from '#lib/remediation/lifecycle/refuse';
import { targetsAsNamed } from '#lib/remediation/record/open';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import { isLastAttempt, isOpen } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import { hadNoEffect, wasDone } from '#lib/remediation/record/undone';
import { deferOrFail, TargetBusyError } from './defer.ts';
import type { Member } from './join.ts';

/**
 * Drops the commands that would undo nothing: the alert resolved while a call was being prepared, and the call was not made after
 * all, or had no effect. While the call is undecided, the command waits.
 */
export async function dropNothingToUndo<Task extends Pick<Member, 'remediation' | 'records'>>(
  tasks: readonly Task[],
  services: RemediationServices,
  invocation: Invocation,
): Promise<Task[]> {
  const left: Task[] = [];
  for (const task of tasks) {
    const { remediation } = task;
    const { resolution } = remediation;
    const hindrance = resolution && (await hindranceOf(resolution.undoes, services));
    if (!hindrance) {
      left.push(task);
    } else if (hindrance.isDecided) {
      await skip(remediation, hindrance.why, services);
    } else {
      const waiting = { ...task, targets: targetsAsNamed(remediation) };
      await deferOrFail([waiting], new TargetBusyError(hindrance.why), services, invocation);
    }
  }
  return left;
}

/** Why there is nothing to undo, now or for good; undefined if there is something. */
async function hindranceOf(
  undoes: readonly string[],
  { store }: Pick<RemediationServices, 'store'>,
): Promise<{ isDecided: boolean; why: string } | undefined> {
  const { values, unreadable } = await readMany(store, remediationKind, undoes.map(remediationKey));
  // An unreadable remediation may have had an effect.
  if (unreadable.length > 0 || values.some(wasDone)) return undefined;
  // A rung that goes on may still send its request, so the command waits for its end first.
  const ended = values.filter(({ state }) => hasEnded(state));
  if (await mayHaveHadEffect(ended, store)) return undefined;
  const undecided = values.find(({ state }) => !hasEnded(state));
  return undecided
    ? { isDecided: false, why: `it undoes remediation ${undecided.id}, which is not decided yet` }
    : { isDecided: true, why: 'no call of the ladder is left to undo' };
}

/** Whether a request of some ended rungs may have had an effect, though no call of them was accepted. */
async function mayHaveHadEffect(ended: readonly Remediation[], store: Store): Promise<boolean> {
  if (ended.some(({ unsure }) => unsure === true)) return true;
  // A rung that Poolkeeper has ended itself has no other request without an answer: `recover` would have recorded it.
  const forPerson = ended.filter(({ state }) => state === 'needs-human');
  const keys = forPerson.flatMap(({ callId }) => (callId === undefined ? [] : [callKey(callId)]));
  const { values } = await readMany(store, callKind, keys);
  // A call that is not in the ledger any more, or cannot be read, says nothing.
  return values.filter(hadNoEffect).length < keys.length;
}

async function skip(
  remediation: Remediation,
  why: string,
  services: Pick<RemediationServices, keyof OutboxServices | 'clock'>,
): Promise<void> {
  await recordRemediation(services, remediation.id, services.clock.now(), (current) =>
    isOpen(current) && isLastAttempt(remediation, current) ? refuseUndoing(current, why) : undefined,
  );
}
