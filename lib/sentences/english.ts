import { isRecord } from '#lib/is-record';

/**
 * A text as a sentence: a plain first word gets a capital letter, and the end a full stop. A first word with a digit, a hyphen or a colon is
 * a name, and stays as it is.
 */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const begun = /^[a-z]+(?=[\s,;])/.test(trimmed)
    ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
    : trimmed;
  return ended(begun);
}

/** A text with a full stop at its end. Its beginning may be a name, and stays as it is. */
export function ended(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** The sentences of these texts, in their order, without the empty ones. */
export function sentences(...texts: readonly (string | false | undefined)[]): string {
  return texts
    .filter((text) => typeof text === 'string')
    .map(sentence)
    .filter((text) => text !== '')
    .join(' ');
}

/** `1 node`, `2 nodes`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** `a`, `a and b`, `a, b and c`. Beyond `most`, the rest is a number: `a, b and 7 more`. */
export function listed(names: readonly string[], most = 4): string {
  const shown = names.slice(0, most);
  const left = names.length - shown.length;
  const parts = left > 0 ? [...shown, `${left} more`] : [...shown];
  const last = parts.pop() ?? '';
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

/** A value of any kind as text. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An object's field, or undefined. */
export function fieldOf(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
