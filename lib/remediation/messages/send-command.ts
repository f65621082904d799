import { DEFERRAL_ATTRIBUTE } from '#lib/handler/queue-record';
import type { Remediation } from '#lib/ledger/remediation';
import { commandOf } from '#lib/remediation/record/open';
import type { RemediationServices } from '#lib/remediation/record/services';
import { delayUntil } from './poll-schedule.ts';

/** Puts the command of a remediation on the queue of its action, delayed until `notBefore`, or by the longest delay of SQS. */
export async function sendCommand(
  remediation: Remediation,
  { commands, clock }: Pick<RemediationServices, 'commands' | 'clock'>,
  notBefore?: string,
): Promise<void> {
  const { action } = remediation;
  const queue = action === 'notify' ? undefined : commands[action];
  if (!queue) throw new Error(`This function has no queue for ${action}`);
  const delaySeconds = notBefore === undefined ? 0 : delayUntil(notBefore, clock.now());
  const { deferrals } = remediation;
  const attributes = deferrals === undefined ? {} : { [DEFERRAL_ATTRIBUTE]: String(deferrals) };
  await queue.send([{ body: JSON.stringify(commandOf(remediation)), delaySeconds, attributes }]);
}
