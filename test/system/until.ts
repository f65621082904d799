import { setTimeout as delay } from 'node:timers/promises';

/** A machine with other work to do takes its time: no limit is shorter than this. */
const LEAST_MS = 60_000;

/** Asks again and again until there is something, and says what was missing when there is nothing in time. */
export async function until<Thing>(
  look: () => Promise<Thing | undefined> | Thing | undefined,
  missing: () => string,
  withinMs = 45_000,
): Promise<Thing> {
  const limitMs = Math.max(withinMs, LEAST_MS);
  const endsAt = performance.now() + limitMs;
  for (;;) {
    const thing = await look();
    if (thing !== undefined) return thing;
    if (performance.now() > endsAt) throw new Error(`after ${limitMs} ms: ${missing()}`);
    await delay(250);
  }
}
