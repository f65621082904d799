import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller } from '#lib/callers';
import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/log';
import { HttpProblem } from './problem.ts';

/** Admits callers with a valid token, and counts the others. */
export type Door = {
  /**
   * Checks `Authorization: Bearer …`.
   *
   * @returns the caller's name.
   * @throws HttpProblem 401
   */
  admit(authorization: string | undefined, log: Logger, from?: string): Promise<string>;
  /** Counts a caller whose request shows by other means than a token that it must be refused, and delays its answer. */
  turnAway(refusal: Refusal, log: Logger): Promise<void>;
  /** How many callers were refused within the last minute, up to a limit that is never reached in peace. */
  refusedLately(): number;
};

/** A refusal for the log. `metric`: what counts it. */
export type Refusal = { message: string; metric: string; last: Record<string, unknown> };

/** From this number of refusals within a minute on, each further answer is delayed. */
const SLOW_AFTER = 20;
const SLOW_WITHIN_MS = 60_000;
const PAUSE_MS = 50;

/** Every so many refusals are logged, with their number; the first one at once. */
const LOG_EVERY_MS = 10_000;

const NO_TOKEN = 'requests were refused: they had no valid token for this route';

/**
 * The door of one function. Functions share no state, so it counts within one instance: a caller who guesses tokens gets a pause
 * from each. A caller with a valid token never waits. The time of a comparison reveals neither how much of a token was
 * right nor which token it was.
 */
export function createDoor(callers: readonly Caller[], clock: Clock): Door {
  const digests = callers.flatMap(({ name, tokens }) =>
    tokens.map((token) => ({ name, digest: sha256(token) })),
  );
  let refusals: number[] = [];
  const logged = new Map<string, { count: number; atMs: number }>();

  function recentRefusals(): number[] {
    const now = clock.now();
    return refusals.filter((at) => now - at < SLOW_WITHIN_MS);
  }

  function note({ message, metric, last }: Refusal, log: Logger): void {
    const now = clock.now();
    refusals = [...recentRefusals(), now].slice(-SLOW_AFTER - 1);
    const { count, atMs } = logged.get(metric) ?? { count: 0, atMs: Number.NEGATIVE_INFINITY };
    const isDue = now - atMs >= LOG_EVERY_MS;
    if (isDue) log.warn(message, { metric, count: count + 1, last });
    logged.set(metric, isDue ? { count: 0, atMs: now } : { count: count + 1, atMs });
  }

  async function turnAway(refusal: Refusal, log: Logger): Promise<void> {
    note(refusal, log);
    if (refusals.length > SLOW_AFTER) await clock.sleep(PAUSE_MS);
  }

  return {
    async admit(authorization, log, from) {
      const presented = /^Bearer +([^ ]+) *$/i.exec(authorization ?? '')?.[1];
      const digest = sha256(presented ?? '');
      // Compares all of them, even after a match.
      const matches = digests.filter((one) => timingSafeEqual(one.digest, digest));
      const [match] = matches;
      if (match && presented !== undefined) return match.name;
      const last = { from, hasToken: presented !== undefined };
      await turnAway({ message: NO_TOKEN, metric: 'TokensRefused', last }, log);
      throw new HttpProblem(
        401,
        'Unauthorized',
        presented === undefined
          ? 'The request has no token: set the header Authorization to "Bearer" and the token of this route'
          : 'The bearer token is not valid for this route: check that the sender has the right, current token',
      );
    },
    turnAway,
    refusedLately: () => recentRefusals().length,
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
