import { setTimeout as delay } from 'node:timers/promises';

/** Ends a wait for what never comes. What does come may take its time on a busy machine. */
const LIMIT_MS = 900_000;

/** Asks again and again until there is something, and says what was missing when there never is. */
export async function until<Thing>(
  look: () => Promise<Thing | undefined> | Thing | undefined,
  missing: () => string,
): Promise<Thing> {
  const endsAt = performance.now() + LIMIT_MS;
  for (;;) {
    const thing = await look();
    if (thing !== undefined) return thing;
    if (performance.now() > endsAt) throw new Error(`after ${LIMIT_MS} ms: ${missing()}`);
    await delay(250);
  }
}
