import { valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';

type Alert = { fingerprint: string; startsAt: string; opening?: number };

/** Two deliveries about one moment may be this far apart; a firing that comes later than that is another opening. */
const GOSSIP_MS = 60_000;

/** A delivery that took so long may have come to the end of its function's time. */
const LONG_MS = 5_000;
/** It is answered all the same if its alert was confirmed so shortly before. */
const CONFIRMED_MS = 60_000;

/** Since when a delivery that was taken shows at least that its alert fires. */
export function confirmedMs({
  sentAtMs,
  answeredAtMs = sentAtMs,
}: {
  sentAtMs: number;
  answeredAtMs?: number | undefined;
}): number {
  return answeredAtMs - sentAtMs < LONG_MS ? sentAtMs : sentAtMs - CONFIRMED_MS;
}

/**
 * Whether the sender has said, and been answered before `beforeMs`, that an alert of a remediation is over: after the
 * remediation's ladder was opened, or so shortly before that the firing that opened it had only been late.
 */
export function isKnownOver(run: Run, remediation: any, alert: Alert, beforeMs: number): boolean {
  const root = valuesOf(run, `remediation#${remediation.ladder?.root ?? remediation.id}`)[0] ?? remediation;
  const has = (value: any) =>
    value.alerts.some(
      (one: Alert) =>
        one.fingerprint === alert.fingerprint &&
        one.startsAt === alert.startsAt &&
        one.opening === alert.opening,
    );
  // Each further alert of a later rung was opened after the ladder, and fired when the rung noted it.
  const [begun] = writesOf(run, `remediation#${root.id}`);
  const noted = writesOf(run, `remediation#${remediation.id}`).find(({ document }) => has(document['value']));
  const begunMs = has(begun?.document['value'] ?? root)
    ? Date.parse(root.createdAt)
    : (noted?.atMs ?? Date.parse(remediation.createdAt));
  const openedMs = Math.max(begunMs, notedMs(run, alert));
  return resolutionsOf(run, alert).some(
    ({ sentAtMs, answeredAtMs = Number.POSITIVE_INFINITY }) =>
      answeredAtMs < beforeMs && sentAtMs > openedMs - GOSSIP_MS + 5_000,
  );
}

/**
 * When the ledger noted that an alert's episode had begun. The process that opened its remediation may have died before it did: then a later
 * firing is the first that is known of it, and a resolution from long before that is none of it.
 */
function notedMs(run: Run, { fingerprint, startsAt, opening = 0 }: Alert): number {
  const [document] = valuesOf(run, `alert#alertmanager#${fingerprint}`);
  const episode = document?.episodes.find(
    (one: any) => one.startsAtMs === Date.parse(startsAt) && one.opening === opening,
  );
  return episode?.openedAtMs ?? 0;
}

/** The resolutions that close an alert's episode: of its fingerprint, with an end (when they were sent) behind its beginning. */
export function resolutionsOf(run: Run, { fingerprint, startsAt }: Alert) {
  return run.correspondence.delivered.filter(
    ({ episode, status, endsAtMs }) =>
      status === 'resolved' &&
      episode.fingerprint === fingerprint &&
      (episode.startsAtMs === Date.parse(startsAt) || endsAtMs >= Date.parse(startsAt)),
  );
}

/** Whether a firing of an alert's episode was sent after a time, and not after another. */
export function firesSince(
  run: Run,
  { fingerprint, startsAt }: Alert,
  sinceMs: number,
  untilMs: number,
): boolean {
  return run.correspondence.delivered.some(
    ({ episode, status, sentAtMs }) =>
      status === 'firing' &&
      episode.fingerprint === fingerprint &&
      episode.startsAtMs === Date.parse(startsAt) &&
      sentAtMs > sinceMs &&
      sentAtMs <= untilMs,
  );
}

/** Whether a firing may have reopened its episode: a resolution was received more than the time of a gossip before it. */
export function mayReopen(
  run: Run,
  { episode, answeredAtMs = Number.POSITIVE_INFINITY }: Run['correspondence']['delivered'][number],
): boolean {
  const { fingerprint, startsAtMs } = episode;
  return resolutionsOf(run, { fingerprint, startsAt: new Date(startsAtMs).toISOString() }).some(
    ({ sentAtMs }) => sentAtMs < answeredAtMs - GOSSIP_MS,
  );
}

/** Firings of a remediation's alerts, received before `untilMs`, that are of another episode, or reopen its own. */
export function firingsAnew(run: Run, remediation: any, untilMs: number) {
  const own = (episode: { fingerprint: string; startsAtMs: number }) =>
    remediation.alerts.some(
      ({ fingerprint, startsAt }: Alert) =>
        fingerprint === episode.fingerprint && Date.parse(startsAt) === episode.startsAtMs,
    );
  return run.correspondence.delivered.filter(
    (one) =>
      one.status === 'firing' &&
      one.sentAtMs <= untilMs &&
      (one.answeredAtMs ?? Number.POSITIVE_INFINITY) > Date.parse(remediation.createdAt) &&
      remediation.alerts.some(({ fingerprint }: Alert) => fingerprint === one.episode.fingerprint) &&
      (!own(one.episode) || mayReopen(run, one)),
  );
}
