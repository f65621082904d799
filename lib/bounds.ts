/** A sender may ask for a later try; no wait that it asks for is longer than this. */
export const MAX_RETRY_AFTER_MS = 15 * 60_000;

/** Times outside of these years are not believed: 2000-01-01 and 2100-01-01 in UTC, epoch milliseconds. */
export const EARLIEST_TIME_MS = 946_684_800_000;
export const LATEST_TIME_MS = 4_102_444_800_000;

/** Longer names are not read. Kubernetes allows 253 characters. */
export const MAX_NAME_LENGTH = 253;

/** As many pages of a list are read; a list that goes on is not believed. */
export const MAX_PAGES = 500;

/** Of a text that somebody else wrote, as an error message, this many characters are kept. */
export const MAX_FOREIGN_TEXT = 1_000;
