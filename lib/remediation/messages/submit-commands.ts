import type { Queue } from '#lib/aws/queue';
import type { Remediation } from '#lib/ledger/remediation';
import { commandOf, isWaiting, type Opening, openRemediation } from '#lib/remediation/record/open';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import type { RemediationServices } from '#lib/remediation/record/services';

/** A command of Poolkeeper itself, and its delay on the queue in seconds. */
export type Issue = Opening & { delaySeconds?: number };

/**
 * Puts commands of Poolkeeper itself into the ledger and on their queue. If it throws, the caller must repeat it, and nothing is
 * done twice. A command that is already in the ledger stays as it is there, and goes on its queue until its function has judged it.
 *
 * @returns the remediations as they are in the ledger, in the order of `issues`.
 */
export async function submitCommands(
  issues: readonly Issue[],
  services: Pick<RemediationServices, keyof OutboxServices | 'clock'>,
  queue: Queue,
): Promise<Remediation[]> {
  const opened: (Pick<Issue, 'delaySeconds'> & { remediation: Remediation })[] = [];
  // One after another, because each one writes the histories of up to 500 nodes at the same time.
  for (const { delaySeconds = 0, ...opening } of issues) {
    const { remediation } = await openRemediation(services, opening, services.clock.now());
    opened.push({ remediation, delaySeconds });
  }
  await queue.send(
    opened
      .filter(({ remediation }) => isWaiting(remediation))
      .map(({ remediation, delaySeconds = 0 }) => ({
        body: JSON.stringify(commandOf(remediation)),
        delaySeconds,
      })),
  );
  return opened.map(({ remediation }) => remediation);
}
