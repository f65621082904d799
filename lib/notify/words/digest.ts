import { severityNames } from '#lib/rules/severity';
import { counted } from '#lib/sentences/english';
import type { BaseUrl } from './links.ts';
import { linkTo } from './links.ts';
import type { Message, Step } from './message.ts';
import { inOneLine } from './one-line.ts';

/** A notice in a list: its message, and the word for its occasion, such as `deferred` or `storm`. */
export type Listed = { message: Message; occasion: string; isForApproval: boolean };

/**
 * Several notices as one: their number, how many of each occasion, and one line for each, the gravest first. A list about one incident is a
 * notice of this incident.
 *
 * @param listed at least one: the recipient may have the others from elsewhere
 */
export function digestMessage(id: string, listed: readonly Listed[], base: BaseUrl): Message {
  const messages = listed
    .map(({ message }) => message)
    .toSorted((one, other) => rank(one) - rank(other) || one.at.localeCompare(other.at));
  const counts = [...Map.groupBy(listed, ({ occasion }) => occasion)]
    .map(([occasion, { length }]) => ({ occasion, length }))
    .toSorted((one, other) => other.length - one.length)
    .map(({ occasion, length }) => `${length} ${occasion}`);
  const sources = new Set(messages.map(({ source }) => source));
  const [source = ''] = sources;
  const incidents = new Set(messages.map((message) => message.incident));
  const [incident = id] = incidents;
  const place = sources.size === 1 ? ` in ${source}` : '';
  return {
    id,
    severity: messages[0]?.severity ?? 'info',
    title: inOneLine(`${counted(messages.length, 'notice')}${place}: ${counts.join(', ')}`),
    lines: messages.map(({ title }) => ({ text: title })),
    links: [
      ...(listed.some(({ isForApproval }) => isForApproval)
        ? linkTo(base, 'Approve or reject', ['waiting'])
        : []),
      ...linkTo(base, 'Open the console', []),
    ],
    at:
      messages
        .map(({ at }) => at)
        .toSorted()
        .at(-1) ?? '',
    incident: incidents.size === 1 ? incident : id,
    step: STEPS.find((step) => messages.some((one) => one.step === step)) ?? 'opened',
    source: sources.size === 1 ? source : 'poolkeeper',
    about: 'digest',
  };
}

/** A list stands where its notice stands that needs people most. */
const STEPS = ['opened', 'taken-up', 'over'] as const satisfies readonly Step[];

function rank({ severity }: Message): number {
  return severityNames.indexOf(severity);
}
