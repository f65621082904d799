import type { Queue } from '#lib/aws/queue';
import { parseDocument } from '#lib/ledger/change';
import { remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Document, Store } from '#lib/ledger/store';
import type { Logger } from '#lib/log';
import { sendNotice } from '#lib/remediation/messages/send-notice';
import type { Rules } from '#lib/rules/rules';
import { entryOf, isNotified } from './entry.ts';
import { wantedStates } from './recipients.ts';

const REMEDIATIONS = remediationKey('').pk;

/**
 * A store that sends a notice for every write of a remediation into a state that a recipient of the rules wants to hear of:
 * one for each entry, by the write that made it. Without recipients it is `store` itself.
 *
 * A write stands even if its notice fails. `sweepNotices` finds a notice that was not sent because that failed or the
 * process died in between.
 */
export function createTellingStore(
  store: Store,
  rules: Pick<Rules, 'notify'>,
  notices: Queue,
  log: Logger,
): Store {
  const wanted: ReadonlySet<unknown> = wantedStates(rules);
  if (wanted.size === 0) return store;

  async function tellOf(document: Document): Promise<void> {
    if (!document.pk.startsWith(REMEDIATIONS) || !wanted.has(document['state'])) return;
    try {
      const remediation = parseDocument(remediationKind, document);
      const entry = entryOf(remediation);
      // A later write in the same state is about something else.
      if (entry.since < remediation.updatedAt || isNotified(remediation, entry)) return;
      await sendNotice({ kind: 'remediation', id: remediation.id, ...entry }, { notices });
    } catch (error) {
      log.error('a notice could not be sent; the sweep sends it', { document: document.pk, error });
    }
  }

  return {
    ...store,
    async put(document, expectedVersion) {
      const written = await store.put(document, expectedVersion);
      if (written) await tellOf(document);
      return written;
    },
  };
}
