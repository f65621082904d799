import type { Invocation } from '#lib/handler/invocation';
import { hasEnded } from '#lib/ledger/phase';
import { readMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { refuseUndoing } from '#lib/remediation/lifecycle/refuse';
import { targetsAsNamed } from '#lib/remediation/record/open';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import { isLastAttempt, isOpen } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import { wasDone } from '#lib/remediation/record/undone';
import { deferOrFail, TargetBusyError } from './defer.ts';
import type { Member } from './join.ts';

/**
 * Leaves out what would undo nothing: the alert resolved while a call was under way, and the call was not made after all. While
 * that is not decided, the command waits.
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

/** Why there is nothing to undo, now or for good; undefined where there is. */
async function hindranceOf(
  undoes: readonly string[],
  { store }: Pick<RemediationServices, 'store'>,
): Promise<{ isDecided: boolean; why: string } | undefined> {
  const { values, unreadable } = await readMany(store, remediationKind, undoes.map(remediationKey));
  // What cannot be read may have been done, and so may what a person has to look at.
  if (unreadable.length > 0 || values.some((rung) => wasDone(rung) || rung.state === 'needs-human'))
    return undefined;
  const undecided = values.find(({ state }) => !hasEnded(state));
  return undecided
    ? { isDecided: false, why: `remediation ${undecided.id}, which it is to undo, is not decided yet` }
    : { isDecided: true, why: 'nothing was done that is to be undone' };
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
