import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 250;

/**
 * Ends a wait for what never comes, after two to three minutes on a machine that does nothing else. Looks are counted and not
 * time: where a machine is busy, each of them takes longer, as does what they look for.
 */
const MOST_LOOKS = 500;

/** Asks again and again until there is something, and says what was missing when there never is. */
export async function until<Thing>(
  look: () => Promise<Thing | undefined> | Thing | undefined,
  missing: () => string,
  mostLooks = MOST_LOOKS,
): Promise<Thing> {
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const thing = await look();
    if (thing !== undefined) return thing;
    await delay(PAUSE_MS);
  }
  throw new Error(`${mostLooks} looks have not shown it: ${missing()}`);
}
