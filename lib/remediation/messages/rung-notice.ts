import type { Remediation } from '#lib/ledger/remediation';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteNoticeSent } from '#lib/remediation/lifecycle/note';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import { sendNotice } from '#lib/remediation/record/send-notice';
import type { RemediationServices } from '#lib/remediation/record/services';

/**
 * Sends the notice of a `notify` rung, unless it was sent before. If the process dies before it records this, people may get the
 * notice twice. An observed rung sends none.
 */
export async function sendRungNotice(
  rung: Remediation,
  services: Pick<RemediationServices, keyof OutboxServices | 'clock'>,
): Promise<void> {
  if (rung.state === 'observed' || isSent(rung)) return;
  const { severity } = rung.parameters;
  const said = typeof severity === 'string' ? { severity } : {};
  await sendNotice({ kind: 'rung', id: rung.id, ...said }, services);
  const now = services.clock.now();
  await recordRemediation(services, rung.id, now, (current) =>
    isSent(current) ? undefined : noteNoticeSent(current, said, now),
  );
}

function isSent({ noticeSentAt }: Remediation): boolean {
  return noticeSentAt !== undefined;
}
