import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until there is something, and says what was missing when there is nothing in time. */
export async function until<Thing>(
  look: () => Promise<Thing | undefined> | Thing | undefined,
  missing: () => string,
  withinMs = 45_000,
): Promise<Thing> {
  const endsAt = performance.now() + withinMs;
  for (;;) {
    const thing = await look();
    if (thing !== undefined) return thing;
    if (performance.now() > endsAt) throw new Error(`after ${withinMs} ms: ${missing()}`);
    await delay(250);
  }
}
