import type { Caller } from '#lib/callers';
import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/log';
import { counted } from '#lib/metrics/embedded';
import type { Metric } from '#lib/metrics/metric';
import { TokensRefused } from '#lib/metrics/table';
import type { Renewable } from '#lib/renewable';
import { type Presented, type Sender, senderOf } from './credential.ts';
import { HttpProblem } from './problem.ts';

/** Admits callers with a valid token, and counts the others. */
export type Door = {
  /**
   * Checks that a caller has a token of this door, as `senderOf` says.
   *
   * @throws HttpProblem 401; 403 for a token of another source.
   */
  admit(request: Presented & { from?: string }, log: Logger): Promise<Caller>;
  /** Counts a caller whose request shows by other means than a token that it must be refused, and delays its answer. */
  turnAway(refusal: Refusal, log: Logger): Promise<void>;
  /** How many callers were refused within the last minute, up to a limit that is never reached in peace. */
  refusedLately(): number;
  /** The same door for the senders of one source of alerts. It accepts passwords and signatures too. */
  of(source: string): Door;
};

/** A refusal for the log. `metric`: what counts it. `last`: the facts about the last one. */
export type Refusal = {
  message: string;
  metric: Metric;
  labels: Readonly<Record<string, string>>;
  last: Record<string, unknown>;
};

/** From this number of refusals within a minute on, each further answer is delayed. */
const SLOW_AFTER = 20;
const SLOW_WITHIN_MS = 60_000;
const PAUSE_MS = 50;

/** Every so many refusals are logged, with their number; the first one at once. */
const LOG_EVERY_MS = 10_000;

const NO_TOKEN = 'requests were refused: they had no valid token for this route';

/**
 * The door of one function. Functions share no state, so it counts within one instance: a caller who guesses tokens gets a pause
 * from each. A caller with a valid token never waits for that.
 *
 * @param callers if they are renewable, an unknown token has them read again: it may be new.
 */
export function createDoor(callers: readonly Caller[] | Renewable<readonly Caller[]>, clock: Clock): Door {
  const held = 'renew' in callers ? callers : undefined;
  const known = async () => ('renew' in callers ? callers.current() : callers);
  const refusals = createRefusals(clock);

  async function identify(request: Presented, source: string | undefined): Promise<Sender> {
    async function ask(): Promise<Sender> {
      const all = await known();
      // Two entries may have the same token: that of this source counts.
      const own = all.filter((caller) => isFor(caller, source));
      const others = all.filter((caller) => !own.includes(caller));
      return senderOf(request, [...own, ...others], clock.now(), source !== undefined);
    }
    const sender = await ask();
    const isWorthReading = sender.kind === 'unknown' && sender.hasProof;
    return isWorthReading && (await held?.renew()) ? ask() : sender;
  }

  function doorOf(source: string | undefined): Door {
    return {
      async admit(request, log) {
        const sender = await identify(request, source);
        if (sender.kind === 'known' && isFor(sender.caller, source)) return sender.caller;
        const hasToken = sender.kind === 'known' || sender.hasProof;
        const last = { from: request.from, hasToken };
        const labels = { door: source === undefined ? 'people' : 'alerts' };
        await refusals.turnAway({ message: NO_TOKEN, metric: TokensRefused, labels, last }, log);
        throw refusalOf(sender);
      },
      turnAway: (refusal, log) => refusals.turnAway(refusal, log),
      refusedLately: () => refusals.lately(),
      of: doorOf,
    };
  }

  return doorOf(undefined);
}

function isFor({ source: only }: Caller, source: string | undefined): boolean {
  return only === undefined || only === source;
}

function refusalOf(sender: Sender): HttpProblem {
  if (sender.kind === 'unknown') return new HttpProblem(401, 'Unauthorized', sender.why);
  const { name, source = '' } = sender.caller;
  return new HttpProblem(
    403,
    'Forbidden',
    `The token of ${name} is only for the source ${source}: send to /alerts/${source}, or give the sender another token`,
  );
}

/** Counts refusals, logs them by their number, and slows their answers down. */
function createRefusals(clock: Clock) {
  let times: number[] = [];
  const logged = new Map<string, { count: number; atMs: number }>();

  function recent(): number[] {
    const now = clock.now();
    return times.filter((at) => now - at < SLOW_WITHIN_MS);
  }

  function note({ message, metric, labels, last }: Refusal, log: Logger): void {
    const now = clock.now();
    times = [...recent(), now].slice(-SLOW_AFTER - 1);
    const { count, atMs } = logged.get(metric.name) ?? { count: 0, atMs: Number.NEGATIVE_INFINITY };
    const isDue = now - atMs >= LOG_EVERY_MS;
    if (isDue) log.warn(message, { ...counted(metric, count + 1, labels, now), last });
    logged.set(metric.name, isDue ? { count: 0, atMs: now } : { count: count + 1, atMs });
  }

  return {
    async turnAway(refusal: Refusal, log: Logger): Promise<void> {
      note(refusal, log);
      if (times.length > SLOW_AFTER) await clock.sleep(PAUSE_MS);
    },
    lately: () => recent().length,
  };
}
