import type { Link } from './message.ts';

/** The address of the running system, without a slash at its end. Undefined: notices have no links. */
export type BaseUrl = string | undefined;

/** A link to a page of the console. None without the address of the system. */
export function linkTo(
  base: BaseUrl,
  label: string,
  path: readonly string[],
  query: Readonly<Record<string, string>> = {},
): Link[] {
  if (base === undefined) return [];
  const search = Object.entries(query).map(([name, value]) => `${name}=${encoded(value)}`);
  const end = search.length > 0 ? `?${search.join('&')}` : '';
  return [{ label, url: `${base}/#/${path.map(encoded).join('/')}${end}` }];
}

/** Beyond what `encodeURIComponent` encodes: the characters that end a link in Markdown. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*_~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
