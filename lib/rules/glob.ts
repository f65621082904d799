/**
 * Whether `glob` matches the whole of `text`, case-sensitively: `*` stands for any characters, also none, `?` for exactly
 * one, every other character for itself.
 *
 * Takes time in proportion to the product of the lengths at worst. A regular expression would be shorter, but patterns
 * such as `*a*a*a*b` backtrack without end on a hostile label.
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
