import { setTimeout as delay } from 'node:timers/promises';

/** Between two looks at what is in this process. */
const PAUSE_MS = 250;

/** Between two that ask somebody, such as the HTTP API: it grows to this, as fifty tests that ask at once leave little to what they wait for. */
const LONGEST_PAUSE_MS = 1_500;

/**
 * Ends a wait for what never comes, after two to three minutes on a machine that does nothing else. Looks are counted and not
 * time: where a machine is busy, each of them takes longer, as does what they look for.
 */
const MOST_LOOKS = { inside: 600, asking: 110 };

/**
 * Asks again and again until there is something, and says what was missing when there never is.
 *
 * @param patience how many times as long as any other wait it may take
 */
export async function until<Thing>(
  look: () => Promise<Thing | undefined> | Thing | undefined,
  missing: () => string,
  patience = 1,
): Promise<Thing> {
  let pauseMs = PAUSE_MS;
  for (let looks = 1; ; looks += 1) {
    const answer = look();
    const isAsking = answer instanceof Promise;
    const thing = await answer;
    if (thing !== undefined) return thing;
    const most = patience * (isAsking ? MOST_LOOKS.asking : MOST_LOOKS.inside);
    if (looks >= most) throw new Error(`${looks} looks have not shown it: ${missing()}`);
    await delay(pauseMs);
    if (isAsking) pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5);
  }
}
