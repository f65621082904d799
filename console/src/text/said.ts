import { timeIn } from './time.ts';

/** A piece of a text: words, a time, or the id of a remediation. */
export type Part = { kind: 'text' | 'time' | 'remediation'; text: string };

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/;
const REMEDIATION = /(?<=\bremediation )[\w-]*\d[\w-]{6,}/;

/** The pieces of a text that Poolkeeper wrote. Joined again they are the text. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(new RegExp(`${TIME.source}|${REMEDIATION.source}`, 'g'))) {
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    parts.push({ kind: TIME.test(match[0]) ? 'time' : 'remediation', text: match[0] });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

/** A text with its times in a zone, and short ids, where there is no room for links. */
export function plainly(text: string | undefined, zone: string | undefined): string {
  return partsOf(text ?? '')
    .map(({ kind, text: own }) =>
      kind === 'time' ? timeIn(zone, own) : kind === 'remediation' ? own.slice(0, 8) : own,
    )
    .join('');
}
