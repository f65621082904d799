import { printable } from '#lib/printable';

/** Limit of a repeated free text. The ledger has all of it. */
const MAX_LENGTH = 500;

/** Free text has a foreign origin: this limits it to one line, and to a length in characters. */
export function inOneLine(text: string, longest = MAX_LENGTH): string {
  const line = printable(text.replace(/\s+/gu, ' ').trim());
  return line.length > longest ? `${cutAt(line, longest)}…` : line;
}

/** The first characters of a text, without half of a surrogate pair. */
export function cutAt(text: string, characters: number): string {
  const cut = text.slice(0, characters);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
