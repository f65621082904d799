/** Takes the life out of a link in foreign text: no receiver makes `https: //evil.example` one. */
export function withoutLinks(text: string): string {
  return text.replaceAll('://', ': //');
}

const FULL_WIDTH: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from('\\`*[]<>#|~!&', (character) => [
    character,
    // The full-width forms of ASCII: U+FF01 is `!`.
    String.fromCodePoint(character.charCodeAt(0) + 0xfee0),
  ]),
);

/**
 * Foreign text for a receiver whose Markdown has no documented escape: each character that it obeys becomes its full-width form, which
 * every dialect shows as it is. An underscore inside of a word means nothing, and names need it.
 */
export function withoutMarkdown(text: string): string {
  return withoutLinks(text)
    .replaceAll(/[\\`*[\]<>#|~!&]/g, (character) => FULL_WIDTH[character] ?? character)
    .replaceAll(/(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu, (run) => '＿'.repeat(run.length));
}
