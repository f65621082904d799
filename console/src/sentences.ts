import { sentence as lastSentence } from '#lib/sentences/english';
import { sentencesOf } from '#lib/sentences/receipts';
import { commandText } from '#lib/sentences/remediation';
import { reportOf, reportText } from '#lib/sentences/report';
import type { ActionWords, Sentence } from '#lib/sentences/sentence';
import { browserZone, timeIn } from './text/time.ts';
import type { Remediation } from './types.ts';

// The one place where the page takes the sentences that the terminal and the notices speak, too.

export type { Sentence };

/** The words of each action, as its traits have them. */
export const ACTION_WORDS: Readonly<Record<Remediation['action'], ActionWords>> = {
  'accept-event': { vendorName: 'accept', verified: 'maintenance complete' },
  'delete-node-pool': { vendorName: 'delete', verified: 'node pool gone' },
  'migrate-nodes': { vendorName: 'batch-migrate', verified: 'node healthy' },
  'reset-nodes': { vendorName: 'batch-reset', verified: 'node healthy' },
  'update-node-pool': { vendorName: 'patch', verified: 'node pool verified' },
  'update-nodes': { vendorName: 'batch-update', verified: 'node verified' },
  notify: { vendorName: 'notify', verified: 'notified' },
};

/** The events of a remediation in their order, one sentence for each, and one for all guards of one evaluation. */
export function storyOf(remediation: Remediation, zone: string | undefined): Sentence[] {
  const { receipts, action, nodes = [] } = remediation;
  return sentencesOf(receipts, {
    words: wordsOf(action),
    command: commandText(remediation),
    several: nodes.length > 1,
    time: (iso) => timeIn(zone, iso),
  });
}

/** A remediation as text, to paste into an incident review. */
export function copyOf(remediation: Remediation, poolName: string, zone = browserZone()): string {
  const { action } = remediation;
  return reportText(reportOf(remediation, { poolName, zone, words: wordsOf(action) }), zone);
}

/** A newer version may know more actions than this page. */
function wordsOf(action: string): ActionWords {
  const known: Readonly<Partial<Record<string, ActionWords>>> = ACTION_WORDS;
  return known[action] ?? { vendorName: action, verified: 'verified' };
}

/** A text as a sentence; empty without one. */
export function sentence(text: string | undefined): string {
  return lastSentence(text ?? '');
}
