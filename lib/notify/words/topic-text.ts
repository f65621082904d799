import { bytesOf, cutToBytes, fitted, leftOut } from './cut.ts';
import { withoutLinks } from './escape.ts';
import { type Line, type Message, textOf } from './message.ts';

/**
 * A message as plain text for the subscribers of a topic: the title and the facts without foreign links, then our own links. Lines that do
 * not fit are counted in its last line.
 *
 * @param maxBytes the limit, in bytes of UTF-8
 * @param fit a change of the title and the facts that the topic demands
 */
export function topicText(
  { title, lines, links }: Pick<Message, 'title' | 'lines' | 'links'>,
  maxBytes: number,
  fit: (text: string) => string = (text) => text,
): string {
  const textWith = (some: readonly Line[]) =>
    [
      fit(withoutLinks(textOf({ title, lines: some, links: [] }))),
      ...links.map(({ label, url }) => `${label}: ${url}`),
    ].join('\n');
  const shown = fitted(
    lines,
    (count) => ({ text: leftOut(count) }),
    (some) => bytesOf(textWith(some)),
    maxBytes,
  );
  return cutToBytes(textWith(shown), maxBytes);
}
