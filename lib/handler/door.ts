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
};

/** From this number of refusals within a minute on, each further answer is delayed. */
const SLOW_AFTER = 20;
const SLOW_WITHIN_MS = 60_000;
const PAUSE_MS = 50;

/** Every so many refusals are logged, with their number; the first one at once. */
const LOG_EVERY_MS = 10_000;

/**
 * The door of one function. It counts for one instance, since functions share no state: a caller who guesses tokens meets a
 * pause in each. A caller with a valid token never waits. The time of a comparison reveals neither how much of a token was
 * right nor which token it was.
 */
export function createDoor(callers: readonly Caller[], clock: Clock): Door {
  const digests = callers.flatMap(({ name, tokens }) =>
    tokens.map((token) => ({ name, digest: sha256(token) })),
  );
  let refusals: number[] = [];
  let unlogged = 0;
  let loggedAtMs = Number.NEGATIVE_INFINITY;

  function note(log: Logger, from: string | undefined, hasToken: boolean): void {
    const now = clock.now();
    refusals = [...refusals.filter((at) => now - at < SLOW_WITHIN_MS), now].slice(-SLOW_AFTER - 1);
    unlogged += 1;
    if (now - loggedAtMs < LOG_EVERY_MS) return;
    log.warn('requests were refused: they had no token that this route accepts', {
      metric: 'TokensRefused',
      count: unlogged,
      last: { from, hasToken },
    });
    unlogged = 0;
    loggedAtMs = now;
  }

  return {
    async admit(authorization, log, from) {
      const presented = /^Bearer +([^ ]+) *$/i.exec(authorization ?? '')?.[1];
      const digest = sha256(presented ?? '');
      // Compares all of them, even after a match.
      const matches = digests.filter((one) => timingSafeEqual(one.digest, digest));
      const [match] = matches;
      if (match && presented !== undefined) return match.name;
      note(log, from, presented !== undefined);
      if (refusals.length > SLOW_AFTER) await clock.sleep(PAUSE_MS);
      throw new HttpProblem(
        401,
        'Unauthorized',
        presented === undefined
          ? 'The header Authorization must be "Bearer" and a token'
          : 'The bearer token is none of those that this route accepts',
      );
    },
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
