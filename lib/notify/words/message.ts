import type { Severity } from '#lib/rules/severity';

/** One fact of a notice. `text` is one line; it may hold foreign text. A line of a list has no name. */
export type Line = { name?: string; text: string };

/** A page of the console. Its URL has no character that a markup obeys. */
export type Link = { label: string; url: string };

/**
 * Where a notice stands in the story of its incident. `opened`: a person must hear of it. `taken-up`: work goes on. `over`: nothing is
 * left to do.
 */
export type Step = 'opened' | 'taken-up' | 'over';

/**
 * A notice for people, before the markup of a receiver. Every text of it is printable, and one line. Names and reasons in it come from
 * strangers: a receiver's markup must not obey them.
 */
export type Message = {
  /** The same for every copy. */
  id: string;
  severity: Severity;
  title: string;
  lines: readonly Line[];
  links: readonly Link[];
  /** The time of the event, ISO 8601. */
  at: string;
  /** The same for all notices of one incident: of one ladder, or of one trouble of a pool. */
  incident: string;
  step: Step;
  /** The pool by its name, or the subject of the notice. */
  source: string;
  /** The action or the kind of the incident, for receivers that sort by it. */
  about: string;
};

/** A message as plain text: its title, one line for each fact, and the links. */
export function textOf({ title, lines, links }: Pick<Message, 'title' | 'lines' | 'links'>): string {
  return [title, ...lines.map(lineText), ...links.map(({ label, url }) => `${label}: ${url}`)].join('\n');
}

export function lineText({ name, text }: Line): string {
  return name === undefined ? `- ${text}` : `${name}: ${text}`;
}
