/** Control and format characters, line and paragraph separators, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Spells out every character that a terminal, a log viewer or a chat obeys instead of showing: escape sequences, line
 * breaks, invisible characters and changes of the writing direction become `\u001b` or `\n`. All code that prints a foreign
 * text sends it through here.
 *
 * The spelling is that of JSON: JSON text keeps its meaning.
 */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => SHORT[character] ?? codeUnits(character));
}

function codeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
