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
 * A store that sends a notice for every remediation that is written in a state of which a target of the rules wants to be
 * told: one for each entry into the state, by the write that entered it. Without targets it is `store` itself.
 *
 * A write stands whatever becomes of its notice. One that was not sent, because that failed or the process died in between,
 * is found by `sweepNotices`.
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
