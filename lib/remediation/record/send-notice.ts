import type { Notice } from '#events/notice';
import type { RemediationServices } from '#lib/remediation/record/services';

/** Puts a notice on the queue of `notify`, which sends it to every recipient that wants it. */
export async function sendNotice(
  notice: Notice,
  { notices }: Pick<RemediationServices, 'notices'>,
): Promise<void> {
  await notices.send([{ body: JSON.stringify(notice) }]);
}
