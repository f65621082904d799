import { globsOfRules, otherGlobs, type WrittenGlob } from './matchers.ts';
import type { Check, Found } from './warning.ts';

/** Fields whose values are single words: a dot before a star is hardly part of them. */
const WORD_FIELDS = /^(severity|labels\.(alertname|severity|condition|type|code|alertgroup|job))$/;

/** Sources whose kinds of faults have no dots. The type of a CloudEvent has some. */
const WORD_EVENTS: readonly string[] = ['smn', 'kubernetes', 'scheduled-event'];

/** Texts that look like a regular expression, a list or a slip of the keyboard, but are compared as globs. */
export const globTraps: Check = (file) =>
  [...globsOfRules(file), ...otherGlobs(file)].flatMap((one) => trapIn(one) ?? []);

function trapIn(written: WrittenGlob): Found | undefined {
  const { glob, path } = written;
  const shown = JSON.stringify(glob);
  if (glob !== glob.trim())
    return {
      code: 'space-around',
      path,
      reason: `${shown} begins or ends with a space, which must be in the value, too: remove it`,
    };
  const sign = signOfRegularExpression(written);
  if (sign !== undefined) {
    const meant = asGlobs(glob);
    const advice = meant
      ? `Write ${meant.length === 1 ? meant[0] : `[${meant.join(', ')}]`}`
      : 'Write a glob (* is any characters, ? is one), or a list of values';
    return {
      code: 'regular-expression',
      path,
      reason:
        `${shown} is compared as a glob, not as a regular expression: ${sign}, so it hardly matches any alert. ${advice}`.replace(
          'any alert',
          nounOf(written),
        ),
    };
  }
  if (isListInText(written)) {
    const values = glob.split(/\s*[,;]\s*/).filter((value) => value !== '');
    return {
      code: 'list-in-text',
      path,
      reason: `${shown} is one text with commas, and matches only a value with the same commas. Write a list: [${values.join(', ')}]`,
    };
  }
  if (glob.includes('%') && !/[*?]/.test(glob) && /^%|%$/.test(glob))
    return {
      code: 'regular-expression',
      path,
      reason: `${shown} has a % that stands for itself in a glob. Write ${glob.replaceAll('%', '*')}`,
    };
  return undefined;
}

function nounOf({ field }: WrittenGlob): string {
  if (field.startsWith('nodes') || field.startsWith('healthy')) return 'any node';
  return field.startsWith('forbid') ? 'any tag' : 'any alert';
}

/** The first part of a text that only makes sense in a regular expression, and its meaning in a glob. */
function signOfRegularExpression({ glob, field, source }: WrittenGlob): string | undefined {
  if (/^(=~|!~|!=)/.test(glob)) return `${JSON.stringify(glob.slice(0, 2))} is a part of the text`;
  if (/^![\w*]/.test(glob)) return 'a "!" does not negate it';
  if (glob.startsWith('^')) return 'the "^" is a character of its own';
  if (/[^\\]\$$/.test(glob)) return 'the "$" is a character of its own';
  if (/\\[dDwWsSb.*+?()[\]|]/.test(glob)) return 'a backslash is a character of its own';
  if (/^\/.+\/[gim]*$/.test(glob)) return 'the slashes are characters of their own';
  if (/\([^()]*\|[^()]*\)/.test(glob) || /^\(\?[:i]/.test(glob))
    return 'brackets and "|" are characters of their own';
  if (/[\w*]\|[\w*]/.test(glob)) return 'the "|" is a character of its own';
  if (/\[[^\]]*-[^\]]*\]|\[\^?\w+\][+*]/.test(glob))
    return 'the "[…]" stands for itself, not for one character of a set';
  if (/\{[^{}]*,[^{}]*\}/.test(glob)) return 'the "{…}" stands for itself';
  if (/\.\+/.test(glob)) return 'the "." and the "+" are characters of their own';
  const isWord = WORD_FIELDS.test(field) || (field === 'event' && WORD_EVENTS.includes(source ?? ''));
  // modelarts.bm.* and 24.1.* are globs of names with dots.
  const isSuspicious = isWord ? /\.\*/ : /^\.\*|[_:/-]\.\*|\w\.\*\w/;
  return isSuspicious.test(glob) ? 'the "." is a character of its own' : undefined;
}

/** A comma between words in a field whose values are single words. */
function isListInText({ glob, field }: WrittenGlob): boolean {
  return (WORD_FIELDS.test(field) || field === 'event') && /^[\w*?.-]+(\s*[,;]\s*[\w*?.-]+)+$/.test(glob);
}

/** The globs that match exactly what a simple regular expression matches. Undefined if there are none. */
export function asGlobs(expression: string): string[] | undefined {
  if (expression.startsWith('!')) return undefined;
  const body = expression
    .replace(/^=~\s*/, '')
    .replace(/^\^/, '')
    .replace(/\$$/, '');
  // The author knows globs, and has added anchors.
  if (body !== expression && /^[\w*?:/-]+$/.test(body)) return [body];
  const [, before = '', inside, after = ''] = /^([^()|]*)\((?:\?:)?([^()]*)\)([^()|]*)$/.exec(body) ?? [];
  const whole = inside === undefined ? body.split('|') : inside.split('|').map((one) => before + one + after);
  const globs = whole.map(asGlob);
  return globs.every((one) => one !== undefined) && globs.length <= 10 ? globs : undefined;
}

function asGlob(expression: string): string | undefined {
  const parts = expression.match(/\\.|\.[*+]|[^\\]/gs) ?? [];
  const glob = parts.map((part) => {
    if (part === '.*') return '*';
    if (part === '.+') return '?*';
    if (part === '.') return '?';
    if (/^\\[^a-zA-Z0-9*?]$/.test(part)) return part.slice(1);
    return /^[\w\s:/@=,;#%&~<>"'!-]$/u.test(part) ? part : undefined;
  });
  return glob.includes(undefined) || glob.length === 0 ? undefined : glob.join('');
}
