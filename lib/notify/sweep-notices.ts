import { pagesOf } from '#lib/ledger/listing/found';
import { noticeRecordKey } from '#lib/ledger/notice-record';
import { parseMany, type ReadMany, type Unreadable } from '#lib/ledger/read-many';
import { type Remediation, remediationKind } from '#lib/ledger/remediation';
import type { DocumentKey } from '#lib/ledger/store';
import { sendNotice } from '#lib/remediation/messages/send-notice';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { RemediationState } from '#lib/rules/state';
import { entryOf, isNotified, noticeId } from './entry.ts';
import { wantedStates } from './recipients.ts';

/** The notice of an entry this young may still be on the way. */
const SETTLING_MS = 5 * 60_000;

/** An older entry gets no notice any more. */
const MAX_AGE_MS = 3 * 24 * 3_600_000;

const PAGE_SIZE = 100;

/** Limit of the remediations per state in one sweep, the newest first. Earlier sweeps have seen the older ones. */
const MAX_LOOKED_AT = 500;

/**
 * Sends the notices that a crash has lost: for remediations in a state that a recipient wants to hear of, entered between
 * three days and five minutes ago, without any attempt to send a notice. After an attempt the message is on its way, or
 * among the dead letters.
 *
 * It does nothing if nothing was lost, and may run twice or beside all other functions: a notice that is sent twice is
 * delivered once.
 *
 * @param now epoch milliseconds.
 * @returns how many were sent, and which documents were unreadable.
 */
export async function sweepNotices(
  services: Pick<RemediationServices, 'store' | 'rules' | 'notices'>,
  now: number,
): Promise<{ sent: number; unreadable: Unreadable[] }> {
  const { store, rules } = services;
  let sent = 0;
  const unreadable: Unreadable[] = [];
  for (const state of wantedStates(rules)) {
    for await (const page of newestIn(store, state, now)) {
      unreadable.push(...page.unreadable);
      const lost = await neverTried(store, page.values.filter(isDue(now)));
      for (const remediation of lost) {
        await sendNotice({ kind: 'remediation', id: remediation.id, ...entryOf(remediation) }, services);
      }
      sent += lost.length;
    }
  }
  return { sent, unreadable };
}

function isDue(now: number): (remediation: Remediation) => boolean {
  return (remediation) => {
    const entry = entryOf(remediation);
    const ageMs = now - Date.parse(entry.since);
    return ageMs >= SETTLING_MS && ageMs <= MAX_AGE_MS && !isNotified(remediation, entry);
  };
}

async function neverTried(
  store: RemediationServices['store'],
  remediations: readonly Remediation[],
): Promise<Remediation[]> {
  const tried = new Set((await store.getMany(remediations.map(recordKeyOf))).map(({ pk }) => pk));
  return remediations.filter((remediation) => !tried.has(recordKeyOf(remediation).pk));
}

/** The ledger's key of the attempts for a remediation's present state. */
function recordKeyOf(remediation: Remediation): DocumentKey {
  const { id } = remediation;
  return noticeRecordKey(noticeId({ kind: 'remediation', id, ...entryOf(remediation) }));
}

/** The remediations in a state, by the time of their entry, page by page. One that has left it since has gone on. */
async function* newestIn(
  store: RemediationServices['store'],
  state: RemediationState,
  now: number,
): AsyncGenerator<ReadMany<Remediation>> {
  const oldest = new Date(now - MAX_AGE_MS).toISOString();
  let lookedAt = 0;
  for await (const page of pagesOf(store, { index: 'by-state', partition: state }, PAGE_SIZE)) {
    const { values, unreadable } = parseMany(
      remediationKind,
      page.map(({ document }) => document),
    );
    yield { values: values.filter((one) => one.state === state), unreadable };
    lookedAt += PAGE_SIZE;
    const last = page.at(-1)?.sortKey ?? '';
    if (lookedAt >= MAX_LOOKED_AT || last < oldest) return;
  }
}
