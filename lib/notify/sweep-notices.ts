import { updateDocument } from '#lib/ledger/change';
import { pagesOf } from '#lib/ledger/listing/found';
import { noticeRecordKey } from '#lib/ledger/notices/notice-record';
import { parseMany, type Unreadable } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { type Entry, type OutboxServices, withoutEntries } from '#lib/remediation/record/outbox';
import { sendNotice } from '#lib/remediation/record/send-notice';
import { noticeId } from './entry.ts';

/** The notice of an entry this young may still be on the way. */
const SETTLING_MS = 5 * 60_000;

/** An older entry gets no notice any more. */
const MAX_AGE_MS = 3 * 24 * 3_600_000;

const PAGE_SIZE = 100;

/** Limit of the outboxes in one sweep, the newest first. */
const MAX_LOOKED_AT = 500;

/**
 * Drains the outboxes of remediations: sends the notices that a crash or a failing queue has lost, for entries between three
 * days and five minutes ago without any attempt to tell a recipient. After an attempt the message is on its way, or among the
 * dead letters. Older entries leave the outbox.
 *
 * It does nothing if nothing was lost, and may run twice or beside all other functions: a notice that is sent twice is
 * delivered once.
 *
 * @param now epoch milliseconds.
 * @returns how many were sent, and which documents were unreadable.
 */
export async function sweepNotices(
  services: OutboxServices,
  now: number,
): Promise<{ sent: number; unreadable: Unreadable[] }> {
  const { store, rules } = services;
  const unreadable: Unreadable[] = [];
  let sent = 0;
  let lookedAt = 0;
  if (rules.notify.length === 0) return { sent, unreadable };
  for await (const page of pagesOf(store, { index: 'by-outbox', partition: 'untold' }, PAGE_SIZE)) {
    const read = parseMany(
      remediationKind,
      page.map(({ document }) => document),
    );
    unreadable.push(...read.unreadable);
    for (const remediation of read.values) {
      const lost = await lostNotices(store, remediation, now);
      for (const notice of lost) await sendNotice(notice, services);
      sent += lost.length;
      await dropOld(store, remediation, now);
    }
    lookedAt += PAGE_SIZE;
    if (lookedAt >= MAX_LOOKED_AT) break;
  }
  return { sent, unreadable };
}

/** The notices of a remediation's outbox that were due and never tried. */
async function lostNotices(store: Store, { id, untold = [] }: Remediation, now: number) {
  const due = untold
    .filter((entry) => ageMs(entry, now) >= SETTLING_MS && !isOld(entry, now))
    .map((entry) => ({ kind: 'remediation' as const, id, ...entry }));
  const keyOf = (notice: (typeof due)[number]) => noticeRecordKey(noticeId(notice));
  const tried = new Set((await store.getMany(due.map(keyOf))).map(({ pk }) => pk));
  return due.filter((notice) => !tried.has(keyOf(notice).pk));
}

async function dropOld(store: Store, { id, untold = [] }: Remediation, now: number): Promise<void> {
  if (!untold.some((entry) => isOld(entry, now))) return;
  await updateDocument(store, remediationKind, remediationKey(id), (current) =>
    current?.untold?.some((entry) => isOld(entry, now))
      ? withoutEntries(current, (entry) => isOld(entry, now))
      : undefined,
  );
}

function isOld(entry: Entry, now: number): boolean {
  return ageMs(entry, now) > MAX_AGE_MS;
}

function ageMs({ since }: Entry, now: number): number {
  return now - Date.parse(since);
}
