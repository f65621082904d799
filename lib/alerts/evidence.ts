import {
  type About,
  type AlertDocument,
  alertDocumentKey,
  alertDocumentKind,
} from '#lib/ledger/alert-document';
import { updateDocument } from '#lib/ledger/change';
import type { Remediation } from '#lib/ledger/remediation';
import type { AlertReference } from '#lib/ledger/remediation-fields';
import type { Document, Store } from '#lib/ledger/store';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteResolved } from '#lib/remediation/lifecycle/note';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import type { AlertState } from '#lib/rules/rules';
import {
  claimedTimeMs,
  closedBy,
  endedAtMs,
  fired,
  isOpen,
  type Known,
  NOTHING_KNOWN,
  type OtherState,
  resolved,
  UNKNOWN_START_MS,
} from './episode.ts';

type Sourced = AlertReference & { source: string };

type FiringAlert = Sourced & { state?: AlertState; saidAt?: string | undefined };

/** An alert as the ledger had it when it was read, together with others. */
export type KnownAlert = { document: Document | undefined; value: AlertDocument | undefined };

/**
 * The episode that a delivery is about. `about`: its consequences so far. `seenAtMs`: when it was last received firing, 0 if never.
 * `isFresh`: that was so shortly before that this delivery says nothing new.
 */
export type Spoken = {
  opening: number;
  isOver: boolean;
  about?: About | undefined;
  seenAtMs: number;
  isFresh: boolean;
};

/** Copies of one delivery, and of several instances of a sender, arrive within this time. */
const FRESH_MS = 5_000;

/** The episode that an alert is about, if it is received firing now. */
export function spokenBy({ value }: KnownAlert, alert: FiringAlert, now: number): Spoken {
  return takeFiring(value ?? NOTHING_KNOWN, alert, now);
}

/**
 * Stores that an alert was received firing, and what its episode has led to, in one write. Nothing where both was stored a moment
 * ago: of many copies at once one is written.
 *
 * @param alert `opening`: the episode to which `about` belongs; of another one it is not said.
 */
export async function recordFiring(
  store: Store,
  alert: FiringAlert & { opening: number },
  about: About | undefined,
  now: number,
  known?: KnownAlert,
): Promise<void> {
  const startsAtMs = startOf(alert);
  await changeAlert(
    store,
    alert,
    now,
    (before) => {
      const { after, isFresh, opening, about: ledTo, state } = takeFiring(before, alert, now);
      const isNews =
        about !== undefined &&
        opening === alert.opening &&
        state === otherState(alert) &&
        ledTo?.remediation !== about.remediation;
      if (!isNews) return isFresh ? undefined : after;
      const episodes = after.episodes.map((one) => (one.startsAtMs === startsAtMs ? { ...one, about } : one));
      return { ...after, episodes };
    },
    known,
  );
}

function takeFiring(
  before: Known<About>,
  alert: FiringAlert,
  now: number,
): Spoken & { after: Known<About>; state: OtherState | undefined } {
  const startsAtMs = startOf(alert);
  const state = otherState(alert);
  const saidAtMs = claimedTimeMs(alert.saidAt);
  const { known: after, episode, means } = fired(before, { startsAtMs, receivedAtMs: now, state, saidAtMs });
  const seenAtMs = before.episodes.find((one) => one.startsAtMs === startsAtMs)?.seenAtMs ?? 0;
  return {
    after,
    opening: episode.opening,
    isOver: !isOpen(episode),
    about: episode.about,
    state: episode.state,
    seenAtMs,
    isFresh: means === 'still-firing' && now - seenAtMs < FRESH_MS,
  };
}

function otherState({ state = 'alerting' }: FiringAlert): OtherState | undefined {
  return state === 'alerting' ? undefined : state;
}

/** An episode that a resolution has closed, and what it had led to. `lost`: why its fault may be there still. */
export type EndedEpisode = Sourced & { about: About; resolvedAt: string; lost?: string };

/**
 * Stores that an alert has resolved: every episode of it that began before is closed. Safe to repeat.
 *
 * @returns the episodes that this resolution has closed, now or by an earlier copy of it, of those that led to something. Their
 * remediations get a receipt by `enterResolved`.
 */
export async function recordResolved(
  store: Store,
  alert: Sourced & { endsAt?: string; lost?: string },
  now: number,
  known?: KnownAlert,
): Promise<EndedEpisode[]> {
  const { source, fingerprint, endsAt, lost } = alert;
  const resolution = {
    startsAtMs: startOf(alert),
    endsAtMs: claimedTimeMs(endsAt),
    receivedAtMs: now,
    ...(lost !== undefined && { lost }),
  };
  const value = await changeAlert(store, alert, now, (before) => resolved(before, resolution), known);
  return closedBy(value, resolution).flatMap((episode): EndedEpisode[] => {
    const { about, startsAtMs, opening, closing } = episode;
    if (!about || !closing) return [];
    const resolvedAt = new Date(endedAtMs(closing)).toISOString();
    const startsAt = new Date(startsAtMs).toISOString();
    const ended = { source, fingerprint, startsAt, about, resolvedAt };
    return [
      {
        ...ended,
        ...(opening > 0 && { opening }),
        ...(closing.lost !== undefined && { lost: closing.lost }),
      },
    ];
  });
}

/** As many resolutions are entered in a remediation at once: it speaks for no more alerts. */
const MAX_ENTERED = 200;

/** Enters in a remediation that alerts for which it speaks have resolved, in one write however many they are. Safe to repeat. */
export async function enterResolved(
  services: OutboxServices,
  remediation: string,
  episodes: readonly EndedEpisode[],
  now: number,
): Promise<void> {
  function newTo({ resolvedAlerts = {} }: Pick<Remediation, 'resolvedAlerts'>): EndedEpisode[] {
    // A fingerprint may have the name of a property of every object.
    const known = new Map(Object.entries(resolvedAlerts));
    return episodes
      .slice(0, MAX_ENTERED)
      .filter(({ fingerprint, resolvedAt }) => resolvedAt > (known.get(fingerprint) ?? ''));
  }
  await recordRemediation(services, remediation, now, (current) => {
    const ended = newTo(current);
    return ended.length > 0 ? noteResolved(current, ended) : undefined;
  });
}

async function changeAlert(
  store: Store,
  { source, fingerprint }: Sourced,
  now: number,
  next: (before: Known<About>) => Known<About> | undefined,
  known?: KnownAlert,
): Promise<AlertDocument> {
  const updatedAt = new Date(now).toISOString();
  const { value } = await updateDocument<AlertDocument>(
    store,
    alertDocumentKind,
    alertDocumentKey(source, fingerprint),
    (current) => {
      const after = next(current ?? NOTHING_KNOWN);
      return after && { source, fingerprint, ...after, updatedAt };
    },
    known,
  );
  if (!value) throw new Error(`The ledger has nothing about alert ${fingerprint} right after it was written`);
  return value;
}

function startOf({ startsAt }: AlertReference): number {
  return claimedTimeMs(startsAt) ?? UNKNOWN_START_MS;
}
