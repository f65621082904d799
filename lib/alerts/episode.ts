/**
 * The episodes of one alert, as a small state machine. An alert is known by its fingerprint; an episode is one stretch of time
 * in which it fires. All times of the sender are claims: its clock may be wrong, and its resolution may bear other times than
 * its firing. Only the times of receipt are certain.
 *
 * Pure: the same knowledge and the same delivery give the same answer. All times are epoch milliseconds.
 */

/** How far apart two deliveries about the same moment may arrive: Alertmanager instances gossip within seconds. */
export const GOSSIP_MS = 60_000;

/** So many beginnings of one alert are kept. Only an alert that comes and goes has more than one or two. */
export const MAX_EPISODES = 20;

/** So many resolutions within `GOSSIP_MS` are kept. */
const MAX_RESOLUTIONS = 5;

/**
 * How an episode was closed: when its last resolution was received, and the end that it claims. `lost`: all of its resolutions
 * were lost ones.
 */
export type Closing = {
  receivedAtMs: number;
  endsAtMs?: number | undefined;
  lost?: string | undefined;
};

/** A firing that reports no fault. Its sender has no data, an error, or a reason of its own. */
export type OtherState = 'nodata' | 'error' | 'unknown';

/** One beginning of an alert. It is open until it has a closing. `about`: its consequences. */
export type Episode<About = unknown> = {
  /** The sender's claim. With `opening` it names the episode, and never changes. */
  startsAtMs: number;
  /** How often it was reported anew after a resolution, without another beginning. */
  opening: number;
  /** When it was first received in this opening. */
  openedAtMs: number;
  /** When it was last received firing. */
  seenAtMs: number;
  /** When its sender last said so, where that was before: the deliveries were late. */
  saidAtMs?: number | undefined;
  closing?: Closing | undefined;
  /** Absent: a firing has reported the fault. */
  state?: OtherState | undefined;
  about?: About | undefined;
};

type Received = { startsAtMs: number; receivedAtMs: number };

/** A firing as it was received. `saidAtMs`: when its sender says that this was so; absent: when it was received. */
export type Firing = Received & { state?: OtherState | undefined; saidAtMs?: number | undefined };

/**
 * A resolution as it was received. Without an `endsAtMs` the sender does not say when the alert ended. `lost`: the sender has
 * lost sight of the alert, for this reason. The fault may be there still.
 */
export type Resolution = Received & { endsAtMs?: number | undefined; lost?: string | undefined };

/** The episodes of one fingerprint. `resolutions`: those that may still overtake, or be overtaken by, a firing. */
export type Known<About = unknown> = {
  /** At most one for each `startsAtMs`: its latest opening. */
  episodes: Episode<About>[];
  resolutions: Resolution[];
};

export const NOTHING_KNOWN: Known<never> = { episodes: [], resolutions: [] };

/**
 * The meaning of a firing. `opened`: it has begun. `reopened`: it fires again though it was said to be over. `still-firing`: it is
 * known to fire. `late`: it speaks of an episode that is over, and was only delivered late.
 */
export type FiringMeans = 'opened' | 'reopened' | 'still-firing' | 'late';

/**
 * Takes a firing in. `episode`: the one that it speaks of, as it is known from now on. A firing in another state does not confirm
 * a reported fault; the report of a fault confirms every episode. A report from before the end of an episode is late.
 */
export function fired<About>(
  known: Known<About>,
  firing: Firing,
): { known: Known<About>; episode: Episode<About>; means: FiringMeans } {
  const { startsAtMs, receivedAtMs, state } = firing;
  const before = known.episodes.find((episode) => episode.startsAtMs === startsAtMs);
  const isAfterwards =
    before?.closing !== undefined &&
    receivedAtMs - before.closing.receivedAtMs > GOSSIP_MS &&
    wasSaidAfter(firing, before.closing);
  if (before && !isAfterwards) {
    const episode = confirmed(before, firing);
    const episodes = known.episodes.map((one) => (one === before ? episode : one));
    return { known: { ...known, episodes }, episode, means: isOpen(before) ? 'still-firing' : 'late' };
  }
  const opening = before ? before.opening + 1 : 0;
  const opened = {
    startsAtMs,
    opening,
    openedAtMs: receivedAtMs,
    seenAtMs: receivedAtMs,
    ...saidAt(saidAtMsOf(firing), receivedAtMs),
    ...(state && { state }),
  };
  const resolutions = known.resolutions.filter(
    (one) =>
      covers(one, opened, receivedAtMs) || (!wasSaidAfter(firing, one) && claimsToEnd(one, startsAtMs)),
  );
  const resolution = resolutions.findLast(({ lost }) => lost === undefined) ?? resolutions.at(-1);
  const episode: Episode<About> = resolution ? { ...opened, closing: closingOf(resolution) } : opened;
  const others = known.episodes.filter((one) => one !== before);
  return {
    known: { ...known, episodes: latest([...others, episode]) },
    episode,
    means: resolution ? 'late' : before ? 'reopened' : 'opened',
  };
}

function confirmed<About>(episode: Episode<About>, firing: Firing): Episode<About> {
  const { receivedAtMs, state } = firing;
  const { state: before, saidAtMs: _said, ...reported } = episode;
  if (state !== undefined && state !== before) return episode;
  const seenAtMs = Math.max(episode.seenAtMs, receivedAtMs);
  const said = saidAt(Math.max(evidenceAtMs(episode), saidAtMsOf(firing)), seenAtMs);
  return { ...reported, ...(state && { state }), seenAtMs, ...said };
}

/** When a firing was so by its sender's word, but not later than it was received. */
function saidAtMsOf({ receivedAtMs, saidAtMs = receivedAtMs }: Firing): number {
  return Math.min(saidAtMs, receivedAtMs);
}

function saidAt(saidAtMs: number, seenAtMs: number): Pick<Episode, 'saidAtMs'> {
  return saidAtMs < seenAtMs ? { saidAtMs } : {};
}

/** When an episode was last known to fire: a late delivery is no news of the present. */
export function evidenceAtMs({ seenAtMs, saidAtMs = seenAtMs }: Episode): number {
  return saidAtMs;
}

/** Whether a firing may say something about the time after an end, by the two claims of its sender. */
function wasSaidAfter({ saidAtMs }: Firing, { endsAtMs }: Pick<Resolution, 'endsAtMs'>): boolean {
  return saidAtMs === undefined || endsAtMs === undefined || saidAtMs > endsAtMs;
}

/**
 * Takes a resolution in: it closes every open episode that began before its end, also one whose beginning differs from the
 * resolution's.
 */
export function resolved<About>(known: Known<About>, resolution: Resolution): Known<About> {
  const { receivedAtMs } = resolution;
  const episodes = known.episodes.map((episode) => {
    if (!covers(resolution, episode, receivedAtMs)) return episode;
    const { closing } = episode;
    // A real resolution counts before a loss, also if it came first.
    const isKnown = closing?.lost !== undefined && resolution.lost === undefined;
    if (!closing || isKnown) return { ...episode, closing: closingOf(resolution) };
    // Another copy of it, or the resolution of a later episode: late firings are counted from the last of them.
    const last = Math.max(closing.receivedAtMs, receivedAtMs);
    return { ...episode, closing: { ...closing, receivedAtMs: last } };
  });
  const recent = known.resolutions.filter((one) => receivedAtMs - one.receivedAtMs <= GOSSIP_MS);
  return { ...known, episodes, resolutions: [...recent, resolution].slice(-MAX_RESOLUTIONS) };
}

/**
 * The episodes that a resolution closes, now or by an earlier copy of it. A process that handles the second copy learns of them
 * too, as the first one may have died.
 *
 * @param known with the resolution taken in.
 */
export function closedBy<About>({ episodes }: Known<About>, resolution: Resolution): Episode<About>[] {
  return episodes.filter(
    (episode) =>
      episode.closing &&
      episode.closing.endsAtMs === resolution.endsAtMs &&
      (episode.closing.lost === undefined) === (resolution.lost === undefined) &&
      covers(resolution, episode, resolution.receivedAtMs),
  );
}

/** Whether an episode may be acted on: no resolution has closed it. */
export function isOpen({ closing }: Pick<Episode, 'closing'>): boolean {
  return closing === undefined;
}

/**
 * When an episode began by our clock: as it claims, but not later than it was received. One that does not say when it began did
 * when it was received. A reopened episode is the same fault as before, and began when that did.
 */
export function beganAtMs({ startsAtMs, openedAtMs }: Episode): number {
  return startsAtMs === UNKNOWN_START_MS ? openedAtMs : Math.min(startsAtMs, openedAtMs);
}

/** When a closed episode ended by our clock: as its resolution claims, but not later than that was received. */
export function endedAtMs({ receivedAtMs, endsAtMs = receivedAtMs }: Closing): number {
  return Math.min(endsAtMs, receivedAtMs);
}

/** The beginning of an alert that does not say when it began: year 1, as Go writes a time that is not set. */
export const UNKNOWN_START_MS = Date.parse('0001-01-01T00:00:00Z');

/** A time that a sender claims; undefined where it does not say one: missing, unreadable, or long before any alert. */
export function claimedTimeMs(text: string | undefined): number | undefined {
  const ms = Date.parse(text ?? '');
  return ms > 0 ? ms : undefined;
}

/**
 * Whether a resolution speaks of an episode that was received by `receivedAtMs`. The sender's two claims are compared with each
 * other, as they come from one clock. Where only the beginning lies in our future, it counts as the time of its receipt.
 */
function covers(resolution: Resolution, { startsAtMs, openedAtMs }: Episode, receivedAtMs: number): boolean {
  if (receivedAtMs - resolution.receivedAtMs > GOSSIP_MS) return false;
  if (claimsToEnd(resolution, startsAtMs)) return true;
  const { endsAtMs = resolution.receivedAtMs } = resolution;
  return startsAtMs > openedAtMs && endsAtMs <= resolution.receivedAtMs && openedAtMs <= endsAtMs;
}

/** Whether a resolution claims to end an episode that claims this beginning: by name, or because it began before the end. */
export function claimsToEnd(resolution: Resolution, startsAtMs: number): boolean {
  const { endsAtMs = resolution.receivedAtMs } = resolution;
  return resolution.startsAtMs === startsAtMs || startsAtMs <= endsAtMs;
}

function closingOf({ endsAtMs, receivedAtMs, lost }: Resolution): Closing {
  return { receivedAtMs, ...(endsAtMs !== undefined && { endsAtMs }), ...(lost !== undefined && { lost }) };
}

/** As many episodes as are kept; of those that go, the closed ones first, and of equals the one that was opened first. */
function latest<About>(episodes: Episode<About>[]): Episode<About>[] {
  if (episodes.length <= MAX_EPISODES) return episodes;
  const [goes] = episodes.toSorted(
    (a, b) => Number(isOpen(a)) - Number(isOpen(b)) || a.openedAtMs - b.openedAtMs,
  );
  return episodes.filter((episode) => episode !== goes);
}
