import type { Remediation } from '#lib/ledger/remediation';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteNoticeSent } from '#lib/remediation/lifecycle/note';
import type { RemediationServices } from '#lib/remediation/record/services';
import { sendNotice } from './send-notice.ts';

/**
 * Sends the notice of a `notify` rung, unless it was sent before. A process that dies in between leaves two notices rather
 * than none; a rung that is only observed sends none.
 */
export async function sendRungNotice(
  rung: Remediation,
  { store, notices, clock }: Pick<RemediationServices, 'store' | 'notices' | 'clock'>,
): Promise<void> {
  if (rung.state === 'observed' || isSent(rung)) return;
  const { severity } = rung.parameters;
  const said = typeof severity === 'string' ? { severity } : {};
  await sendNotice({ kind: 'rung', id: rung.id, ...said }, { notices });
  const now = clock.now();
  await recordRemediation(store, rung.id, now, (current) =>
    isSent(current) ? undefined : noteNoticeSent(current, said, now),
  );
}

function isSent({ noticeSentAt }: Remediation): boolean {
  return noticeSentAt !== undefined;
}
