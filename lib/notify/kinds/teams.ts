import { bytesOf, fitted, leftOut, shortened } from '../words/cut.ts';
import { withoutLinks } from '../words/escape.ts';
import type { Line, Message } from '../words/message.ts';
import { jsonRequest } from './json-request.ts';
import type { Kind } from './kind.ts';

/** learn.microsoft.com/connectors/teams: a posted message has about 28 KB at most. */
const MAX_BYTES = 27_000;

const MAX_TITLE = 300;

const COLOURS = { critical: 'Attention', error: 'Attention', warning: 'Warning', info: 'Default' } as const;

/** A workflow of Microsoft Teams that posts Adaptive Cards: "When a Teams webhook request is received". */
export const teams: Kind<'teams'> = {
  request({ message }, { url }) {
    return jsonRequest(new URL(url), {
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: cardOf(message),
        },
      ],
    });
  },
};

/** A card of version 1.4. A `TextRun` knows no Markdown (adaptivecards.io/explorer/TextRun.html), and a mention needs an entity. */
export function cardOf({ severity, title, lines, links, at }: Message) {
  const card = (some: readonly Line[]) => ({
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      richText([
        run(shortened(title, MAX_TITLE), { weight: 'Bolder', size: 'Medium', color: COLOURS[severity] }),
      ]),
      ...some.map(({ name, text }) =>
        richText([
          ...(name === undefined ? [run('• ')] : [run(`${name}: `, { weight: 'Bolder' })]),
          run(text),
        ]),
      ),
      richText([run(`${severity}, ${at}`, { isSubtle: true, size: 'Small' })]),
    ],
    ...(links.length > 0 && {
      actions: links.map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
    }),
  });
  const around = 200;
  return card(
    fitted(
      lines,
      (count) => ({ text: leftOut(count) }),
      (some) => bytesOf(JSON.stringify(card(some))) + around,
      MAX_BYTES,
    ),
  );
}

function richText(inlines: readonly unknown[]) {
  return { type: 'RichTextBlock', inlines };
}

function run(text: string, more: Readonly<Record<string, unknown>> = {}) {
  return { type: 'TextRun', text: withoutLinks(text), ...more };
}
