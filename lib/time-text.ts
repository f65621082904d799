import { isSaneTime } from '#lib/bounds';

/** A day and an hour, in any of the usual orders: `1` or `node 2026` is no time, though Date.parse reads both. */
const TIME = /(?<!\d)\d{4}(?!\d).*\d{1,2}:\d{2}|^\d{4}-\d{2}-\d{2}T/s;

/** The offset, at the end. Names of zones are none: CST is a time of China, and of America. */
const ZONE = /(?:Z|\b(?:UTC|GMT)(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2})\s*(?:\([^()]*\))?$/i;

const LETTERS_AT_END = /[a-z]+$/i;

/**
 * The time in a foreign text, in epoch milliseconds. Undefined if it is no time, not within the believed years, or has no zone: the zone
 * of this machine says nothing about it.
 */
export function timeIn(text: string): number | undefined {
  const trimmed = text.trim();
  if (!TIME.test(trimmed) || !ZONE.test(trimmed)) return undefined;
  const ms = Date.parse(trimmed);
  return isSaneTime(ms) ? ms : undefined;
}

/** The same, and a text without a zone is a time in UTC, so that it is the same time on every machine. */
export function timeInUtc(text: string): number | undefined {
  const trimmed = text.trim();
  if (ZONE.test(trimmed)) return timeIn(trimmed);
  const [word = 'AM'] = LETTERS_AT_END.exec(trimmed) ?? [];
  if (!/^[ap]m$/i.test(word)) return undefined;
  return timeIn(`${trimmed.replace(/(\d)T(?=\d)/, '$1 ')} UTC`);
}
