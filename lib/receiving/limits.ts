/** As many alerts of a delivery are worked on at the same time: each is a few writes. */
export const AT_ONCE = 16;

/** As many remediations are opened before their commands go on their queues: what is stored is sent, whatever happens next. */
export const CHUNK = 50;

/** What is left for the queues and the journal when nothing more is begun. */
export const RESERVED_MS = 1_500;
