/**
 * Whether `glob` matches all of `text`. Upper and lower case differ. `*` stands for any characters, even none; `?` stands for
 * exactly one; every other character stands for itself.
 *
 * At worst, the time grows with the product of the two lengths. A regular expression would be shorter, but on a hostile label a
 * pattern such as `*a*a*a*b` backtracks for hours.
 */
export function globMatches(glob: string, text: string): boolean {
  const pattern = Array.from(glob);
  const characters = Array.from(text);
  let patternAt = 0;
  let textAt = 0;
  let lastStar: { patternAt: number; textAt: number } | undefined;

  while (textAt < characters.length) {
    if (pattern[patternAt] === '*') {
      lastStar = { patternAt, textAt };
      patternAt += 1;
    } else if (pattern[patternAt] === '?' || pattern[patternAt] === characters[textAt]) {
      patternAt += 1;
      textAt += 1;
    } else if (lastStar) {
      lastStar.textAt += 1;
      textAt = lastStar.textAt;
      patternAt = lastStar.patternAt + 1;
    } else {
      return false;
    }
  }
  return pattern.slice(patternAt).every((character) => character === '*');
}
