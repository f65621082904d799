import type { Queue } from '#lib/aws/queue';
import type { Remediation } from '#lib/ledger/remediation';
import { commandOf, isWaiting, type Opening, openRemediation } from '#lib/remediation/record/open';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import type { RemediationServices } from '#lib/remediation/record/services';

/** A command to be issued, and how long it is to wait on its queue. */
export type Issue = Opening & { delaySeconds?: number };

/**
 * Puts commands that Poolkeeper itself has come to into the ledger, and on their queue. When this returns both is done; when
 * it throws, it has to be repeated, and nothing will be done twice for it. A command that is in the ledger already stays as
 * it is there, and is on its queue until its function has come to it.
 *
 * @returns the remediations as they are in the ledger, in the order of `issues`.
 */
export async function submitCommands(
  issues: readonly Issue[],
  services: Pick<RemediationServices, keyof OutboxServices | 'clock'>,
  queue: Queue,
): Promise<Remediation[]> {
  const opened: (Pick<Issue, 'delaySeconds'> & { remediation: Remediation })[] = [];
  // One after another: each is entered in the history of up to 500 nodes at the same time.
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
