import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import type { Invocation } from '#lib/handler/invocation';
import type { Remediation } from '#lib/ledger/remediation';
import { judge } from '#lib/remediation/lifecycle/judge';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { isLastAttempt, isOpen } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { Judgement } from './judge.ts';
import { handoverReceipts } from './refused-alert.ts';

/**
 * Records the decision about a command, unless the command has moved on in the meantime or another attempt has decided, which then
 * does the rest. A deferred command goes back on its queue.
 *
 * @returns the stored remediation, whether the decision is recorded in it, and if so the facts of the targets that may be called now.
 */
export async function recordJudgement(
  { remediation, allowed, wait, judged }: Judgement,
  services: RemediationServices,
  { log }: Invocation,
): Promise<
  | { written: true; stored: Remediation; allowed: readonly Facts[] }
  | { written: false; stored: Remediation | undefined }
> {
  const { store, clock, rules } = services;
  const { phase, why } = judged.decision;
  const handover =
    phase === 'needs-human' ? await handoverReceipts(store, rules, remediation, why ?? '') : [];
  const { stored, written } = await recordRemediation(services, remediation.id, clock.now(), (current) =>
    isOpen(current) && current.callId === remediation.callId && isLastAttempt(remediation, current)
      ? judge(current, judged, handover)
      : undefined,
  );
  // Another attempt has decided at the same time.
  if (!written || !stored) return { written: false, stored };
  log.info(phase === undefined ? 'allowed' : stored.state, {
    correlationId: remediation.id,
    targets: allowed.map(nameOf),
    why,
  });
  if (wait) await sendCommand(stored, services, stored.deferredUntil);
  return { written, stored, allowed };
}
