import type { ErrorCode, YAMLError } from 'yaml';

/** Mistakes that a parser also finds in each line after another mistake, because it has lost its place. */
const FOLLOWING: readonly ErrorCode[] = [
  'BLOCK_AS_IMPLICIT_KEY',
  'MULTILINE_IMPLICIT_KEY',
  'RESOURCE_EXHAUSTION',
];

/** The mistakes of a YAML text without those that follow from an earlier one. */
export function ownMistakes(errors: readonly YAMLError[]): YAMLError[] {
  const first = errors.findIndex(({ code }) => code !== 'DUPLICATE_KEY');
  return errors.filter(({ code }, index) => index <= first || !FOLLOWING.includes(code));
}

/** A mistake in the YAML itself, and what to do. */
export function wordMistake({ code, message, pos: [from] }: YAMLError, text: string): string {
  if (code === 'DUPLICATE_KEY')
    return `the key "${/^[^:\s]+/.exec(text.slice(from))?.[0]}" appears twice in one map: remove one`;
  if (code === 'MULTIPLE_DOCS')
    return 'a second document begins here: write the rules as one document, without ---';
  const advice = lookalikeIn(lineAt(text, from)) ?? ADVICE[code];
  return `not valid YAML: ${message}${advice === undefined ? '' : `. ${advice}`}`;
}

const ADVICE: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'Use spaces',
  BAD_INDENT: 'Check the spaces at the beginning of the line',
  MISSING_CHAR: 'Check the spaces at the beginning of the line, and the end of the line before it',
  BLOCK_AS_IMPLICIT_KEY: 'Put a value with a colon in quotes, or begin a new line',
  MULTILINE_IMPLICIT_KEY: 'Each line needs a key, a colon and a space, such as "mode: act"',
  RESOURCE_EXHAUSTION: 'It is nested too deeply',
};

/** Characters that look like those of YAML. Chinese keyboards and word processors write them. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '\uff1a': 'a colon',
  '\uff0c': 'a comma',
  '\uff5b': 'a brace',
  '\uff5d': 'a brace',
  '\u3000': 'a space',
  '\u00a0': 'a space',
  '\u201c': 'a quotation mark',
  '\u201d': 'a quotation mark',
  '\u2018': 'a quotation mark',
  '\u2019': 'a quotation mark',
};

function lookalikeIn(line: string): string | undefined {
  const found = Object.keys(LOOKALIKES).find((one) => line.includes(one));
  if (found === undefined) return undefined;
  const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return `The line has a character that only looks like ${LOOKALIKES[found]} (U+${code}): type it again`;
}

function lineAt(text: string, offset: number): string {
  const begin = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(begin, end === -1 ? undefined : end);
}
