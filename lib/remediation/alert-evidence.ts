import {
  claimedTimeMs,
  closedBy,
  endedAtMs,
  fired,
  isOpen,
  type Known,
  NOTHING_KNOWN,
  resolved,
  UNKNOWN_START_MS,
} from '#lib/alerts/episode';
import {
  type About,
  type AlertDocument,
  alertDocumentKey,
  alertDocumentKind,
} from '#lib/ledger/alert-document';
import { change } from '#lib/ledger/change';
import type { AlertReference } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { record } from './outcome.ts';

type Sourced = AlertReference & { source: string };

/** The episode of which a delivery speaks. `about`: what it has led to before. */
export type Spoken = { opening: number; isOver: boolean; about?: About | undefined };

/** Stores that an alert was received firing. @returns the episode of which the delivery speaks. */
export async function recordFiring(store: Store, alert: Sourced, now: number): Promise<Spoken> {
  const startsAtMs = startOf(alert);
  const value = await changeAlert(
    store,
    alert,
    now,
    (known) => fired(known, { startsAtMs, receivedAtMs: now }).known,
  );
  const episode = value.episodes.find((one) => one.startsAtMs === startsAtMs);
  // One that is over already may not be kept where there is no room.
  if (!episode) return { opening: 0, isOver: true };
  return { opening: episode.opening, isOver: !isOpen(episode), about: episode.about };
}

/** Stores what an episode has led to, unless that is stored already. */
export async function recordAbout(store: Store, alert: Sourced, about: About, now: number): Promise<void> {
  const startsAtMs = startOf(alert);
  const { opening = 0 } = alert;
  await change<AlertDocument>(
    store,
    alertDocumentKind,
    alertDocumentKey(alert.source, alert.fingerprint),
    (current) => {
      const episode = current?.episodes.find(
        (one) => one.startsAtMs === startsAtMs && one.opening === opening,
      );
      if (!current || !episode || episode.about?.remediation === about.remediation) return undefined;
      const episodes = current.episodes.map((one) => (one === episode ? { ...one, about } : one));
      return { ...current, episodes, updatedAt: new Date(now).toISOString() };
    },
  );
}

/** An episode that a resolution has closed, and what it had led to. */
export type EndedEpisode = Sourced & { about: About; resolvedAt: string };

/**
 * Stores that an alert has resolved: every episode of it that began before is closed. The remediations to which they led have
 * it among their receipts. Safe to repeat.
 *
 * @returns the episodes that this resolution has closed, now or by an earlier copy of it, of those that led to something.
 */
export async function recordResolved(
  store: Store,
  alert: Sourced & { endsAt?: string },
  now: number,
): Promise<EndedEpisode[]> {
  const { source, fingerprint, endsAt } = alert;
  const resolution = { startsAtMs: startOf(alert), endsAtMs: claimedTimeMs(endsAt), receivedAtMs: now };
  const value = await changeAlert(store, alert, now, (known) => resolved(known, resolution));
  const ended = closedBy(value, resolution).flatMap((episode): EndedEpisode[] => {
    const { about, startsAtMs, opening, closing } = episode;
    if (!about || !closing) return [];
    const resolvedAt = new Date(endedAtMs(closing)).toISOString();
    const startsAt = new Date(startsAtMs).toISOString();
    return [{ source, fingerprint, startsAt, ...(opening > 0 && { opening }), about, resolvedAt }];
  });
  await Promise.all(ended.map((episode) => enterResolved(store, episode, now)));
  return ended;
}

async function enterResolved(store: Store, episode: EndedEpisode, now: number): Promise<void> {
  const { fingerprint: alert, resolvedAt, about } = episode;
  const receipt = { step: 'evidence', alert, status: 'resolved', resolvedAt };
  await record(
    store,
    about.remediation,
    now,
    ({ receipts }) =>
      !receipts.some(
        (one) => one.step === 'evidence' && one['alert'] === alert && one['resolvedAt'] === resolvedAt,
      ),
    () => ({ changes: {}, receipts: [receipt] }),
  );
}

async function changeAlert(
  store: Store,
  { source, fingerprint }: Sourced,
  now: number,
  next: (known: Known<About>) => Known<About>,
): Promise<AlertDocument> {
  const updatedAt = new Date(now).toISOString();
  const { value } = await change<AlertDocument>(
    store,
    alertDocumentKind,
    alertDocumentKey(source, fingerprint),
    (current) => ({ source, fingerprint, ...next(current ?? NOTHING_KNOWN), updatedAt }),
  );
  if (!value) throw new Error(`The ledger has nothing about alert ${fingerprint} right after it was written`);
  return value;
}

function startOf({ startsAt }: AlertReference): number {
  return claimedTimeMs(startsAt) ?? UNKNOWN_START_MS;
}
