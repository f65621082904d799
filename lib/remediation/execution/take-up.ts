import { withPoolIds } from '#lib/actions/migrate-nodes/terms';
import type { Invocation } from '#lib/handler/invocation';
import type { Remediation } from '#lib/ledger/remediation';
import { escalate } from '#lib/remediation/escalation/escalate';
import type { Delivered } from '#lib/remediation/messages/inbox';
import { isOpen } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import { returnedEarly } from './readiness.ts';
import { recover } from './recover.ts';

/** One command of a batch, and its remediation. */
export type Task = Delivered & { remediation: Remediation };

/**
 * Finishes the work that an earlier process began for one command.
 *
 * @returns the command, if there is something left to judge.
 */
export async function takeUp(
  task: Task,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Task | undefined> {
  const remediation = await recover(task.remediation, services, invocation);
  if (!remediation) return undefined;
  // A process may have died on the way to the next rung.
  await escalate(remediation, services, invocation);
  if (!isOpen(remediation) || (await returnedEarly({ ...task, remediation }, services))) return undefined;
  return { ...task, remediation: withPoolIds(remediation, services.rules) };
}
