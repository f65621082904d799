import { setTimeout as delay } from 'node:timers/promises';

/** Between two checks of values in this process. */
const PAUSE_MS = 250;

/** Between two that ask another process, such as the HTTP API: it grows to this, as fifty tests that ask at once leave little to what they wait for. */
const LONGEST_PAUSE_MS = 1_500;

/**
 * Ends a wait for what never comes, after two to three minutes on a machine that does nothing else. Looks are counted and not
 * time: where a machine is busy, each of them takes longer, as does what they look for.
 */
const MOST_LOOKS = { inside: 600, asking: 110 };

/** Without a sign there is a check all the same, after so many pauses. */
const PAUSES_WITHOUT_SIGN = 16;

/** Counts the lines of a log that mention a text, those that are added later, too. */
export function linesWith(logs: readonly { line: string }[], text: string): () => number {
  let [read, count] = [0, 0];
  return () => {
    for (; read < logs.length; read += 1) if (logs[read]?.line.includes(text)) count += 1;
    return count;
  };
}

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

/**
 * The same for what leaves a sign when it changes. A check costs two processes some twenty milliseconds, and fifty tests check at
 * once: only a sign is worth one, or a long time without any.
 *
 * @param signs how many there were so far
 */
export async function untilSign<Thing>(
  signs: () => number,
  look: () => Promise<Thing | undefined>,
  missing: () => string,
): Promise<Thing> {
  for (let looks = 1; looks <= MOST_LOOKS.asking; looks += 1) {
    const seen = signs();
    const thing = await look();
    if (thing !== undefined) return thing;
    for (let pauses = 0; pauses < PAUSES_WITHOUT_SIGN; pauses += 1) {
      await delay(PAUSE_MS);
      if (signs() > seen) break;
    }
  }
  throw new Error(`${MOST_LOOKS.asking} looks have not shown it: ${missing()}`);
}
