import { cutAt } from './one-line.ts';

/** The size of a text in UTF-8. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

/** The longest beginning of a text with at most this many bytes in UTF-8. */
export function cutToBytes(text: string, bytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes));
  return text.slice(0, read);
}

/** A title of at most this many characters; the rest is an ellipsis. */
export function shortened(title: string, characters: number): string {
  return title.length <= characters ? title : `${cutAt(title, characters - 1)}…`;
}

/** The text in place of lines that do not fit. */
export function leftOut(lines: number): string {
  return `… and ${lines} more ${lines === 1 ? 'line' : 'lines'}; the page has all`;
}

/**
 * As many whole lines as fit into a receiver's limit, and then how many are left out.
 *
 * @param sizeOf the size of all these lines in the unit of the limit, with everything that is sent around them.
 */
export function fitted<Line>(
  lines: readonly Line[],
  left: (count: number) => Line,
  sizeOf: (lines: readonly Line[]) => number,
  limit: number,
): Line[] {
  const cut = (shown: number) =>
    shown === lines.length ? [...lines] : [...lines.slice(0, shown), left(lines.length - shown)];
  if (sizeOf(lines) <= limit) return cut(lines.length);
  // More lines are larger, so the search may halve. None at all fits: a receiver has room for one line.
  let fits = 0;
  let tooMany = lines.length;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (sizeOf(cut(middle)) <= limit) fits = middle;
    else tooMany = middle;
  }
  return cut(fits);
}
