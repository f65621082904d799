import type { Chance } from '#local/rehearsal/engine/chance';
import type { AlertEpisode } from '../scenario.ts';

/** The oddities of the sender of an alert. */
export type SenderHabits = {
  /** How far its clock is ahead, or behind: all the times that it says are off by that. */
  clockMs?: number;
  /** Its resolutions say that the alert began when they are sent. */
  resolvesAsNow?: boolean;
  /** It loses the alert for a while: says that it is over, and later that it fires, with the same beginning. `lost`: it says why. */
  lapses?: { atMs: number; forMs: number; lost?: string };
  /** A label of the alert holds a value, so that it has another fingerprint now and then. */
  fingerprints?: number;
  /** It stays with the last of its fingerprints: it never uses one again. */
  keepsLast?: true;
  /** Further content of its notifications. `truncated`: it says that it left out some. */
  company?: 'half-bad' | 'huge' | 'truncated';
  /** A second instance delivers everything, too, up to so much later, and in any order. */
  secondLateMs?: number;
};

/** How many deliveries have the same fingerprint. */
const SAME_FINGERPRINT = 3;
const HUGE = 150;

/** Whether the sender says at a time that the alert is over, though it is not. */
export function hasLapsed({ lapses }: SenderHabits, nowMs: number): boolean {
  return lapses !== undefined && nowMs >= lapses.atMs && nowMs < lapses.atMs + lapses.forMs;
}

/** The reason that a sender gives, as Grafana does, for the end of an alert that it has lost. */
export function reasonOf(sender: SenderHabits, nowMs: number): Record<string, string> {
  const lost = hasLapsed(sender, nowMs) ? sender.lapses?.lost : undefined;
  return lost === undefined ? {} : { grafana_state_reason: lost };
}

/** The alert as its sender knows it in a delivery, counted from 1: by its clock, and under the fingerprint of then. */
export function asSaid(episode: AlertEpisode, delivery: number): AlertEpisode {
  const { clockMs = 0 } = episode.sender ?? {};
  const turn = turnOf(episode, delivery);
  return {
    ...episode,
    fingerprint: turn === 0 ? episode.fingerprint : `${episode.fingerprint}-v${turn}`,
    startsAtMs: episode.startsAtMs + clockMs,
  };
}

/** Whether a delivery is the first under another fingerprint than before. */
export function changesFingerprint(episode: AlertEpisode, delivery: number): boolean {
  return delivery > 1 && turnOf(episode, delivery) !== turnOf(episode, delivery - 1);
}

/** The number of the fingerprint of a delivery. */
function turnOf({ sender: { fingerprints = 1, keepsLast } = {} }: AlertEpisode, delivery: number): number {
  const changes = Math.floor((delivery - 1) / SAME_FINGERPRINT);
  return keepsLast ? Math.min(changes, fingerprints - 1) : changes % fingerprints;
}

/** Content of a notification beside its alerts: fields of the envelope, and alerts without effect. */
export function companyOf(
  { company }: SenderHabits,
  chance: Chance,
  key: string,
): { envelope: Record<string, unknown>; alerts: unknown[] } {
  if (company === 'truncated') return { envelope: { truncatedAlerts: 37 }, alerts: [] };
  if (company === 'huge') {
    const alerts = Array.from({ length: HUGE }, (_, index) => ({
      ...SOUND,
      labels: { alertname: 'Noise', instance: `host-${index}` },
      fingerprint: `noise-${index}`,
    }));
    return { envelope: {}, alerts };
  }
  if (company !== 'half-bad') return { envelope: {}, alerts: [] };
  const bad = chance.shuffle(UNREADABLE, key).slice(0, chance.between(1, 3, `${key}/bad`));
  return { envelope: { truncatedAlerts: null, groupKey: null }, alerts: bad };
}

const SOUND = {
  status: 'firing',
  labels: { alertname: 'Noise', instance: 'host' },
  annotations: null,
  startsAt: '2026-11-20T09:00:00Z',
  endsAt: null,
  generatorURL: null,
};

const UNREADABLE: readonly unknown[] = [
  { ...SOUND, startsAt: '2026-11-29 02:00:00' },
  { ...SOUND, startsAt: '9999-12-31T23:59:59-23:59', fingerprint: 'far' },
  { ...SOUND, labels: null },
  { ...SOUND, labels: { alertname: 7 } },
  { ...SOUND, status: 'pending' },
  null,
  'alert',
  { ...SOUND, labels: { alertname: 'CardLost', instance: 'not a node!' }, fingerprint: 'nobody' },
  { ...SOUND, labels: { alertname: 'CardLost' }, fingerprint: 'without a node' },
  { ...SOUND, labels: { alertname: 'x'.repeat(300), instance: 'host' }, startsAt: null },
  { ...SOUND, status: 'pending', fingerprint: '' },
  { ...SOUND, status: 'resolved', startsAt: null, fingerprint: 'over' },
];
