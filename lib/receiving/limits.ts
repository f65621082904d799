/** The number of alerts of a delivery in work at the same time. Each takes a few writes. */
export const AT_ONCE = 16;

/** The number of remediations that are opened before their commands go on their queues. A stored command is thus sent soon. */
export const CHUNK = 50;

/** The time that is left for the queues and the journal when no new work begins. */
export const RESERVED_MS = 1_500;

/**
 * A delivery whose time is over need not confirm an alert that was confirmed so shortly before. A large one is sent several times until
 * all of it is taken: each try begins with the alerts that were confirmed longest ago, and the last one leaves those of the try before it.
 */
export const CONFIRMED_MS = 60_000;
