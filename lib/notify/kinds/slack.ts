import * as z from 'zod';
import { fitted, leftOut, shortened } from '../words/cut.ts';
import { withoutLinks } from '../words/escape.ts';
import { type Line, type Link, lineText, type Message } from '../words/message.ts';
import { jsonRequest } from './json-request.ts';
import type { Kind, ReadReply } from './kind.ts';
import { jsonIn } from './said-no.ts';

/** docs.slack.dev/reference/methods/chat.postMessage */
const POST_MESSAGE = 'https://slack.com/api/chat.postMessage';

/** docs.slack.dev/reference/block-kit/blocks: the header block, and the text of a section. In characters. */
const MAX_HEADER = 150;
const MAX_SECTION = 3_000;
/** Sections of facts. A message may have 50 blocks; people read a few. */
const MAX_SECTIONS = 6;

/** A channel of Slack: by an incoming webhook, or by a bot, whose notices of one incident are a thread. */
export const slack: Kind<'slack'> = {
  request({ message, thread }, { url, token, channel }) {
    const content = { ...blocksOf(message), unfurl_links: false, unfurl_media: false };
    if (token === undefined) return jsonRequest(new URL(url ?? ''), content);
    return {
      ...jsonRequest(
        new URL(url ?? POST_MESSAGE),
        { channel, ...content, ...(thread !== undefined && replyIn(thread, message)) },
        { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
      ),
      readReply: readWebApi,
    };
  },
};

/** A reply in a thread. If a person must hear of it, it is in the channel as well, because few people follow a thread. */
function replyIn(thread: string, { step }: Message) {
  return { thread_ts: thread, ...(step === 'opened' && { reply_broadcast: true }) };
}

/** A message of blocks. Foreign text is plain text, which Slack shows as it is; `text` is for notifications alone. */
export function blocksOf(message: Message): { text: string; blocks: unknown[] } {
  const { title, lines, links, severity, at } = message;
  const shown = fitted(
    lines,
    (count): Line => ({ text: leftOut(count) }),
    (some) => sectionsOf(some).length,
    MAX_SECTIONS,
  );
  return {
    text: escaped(withoutLinks(title)),
    blocks: [
      { type: 'header', text: plain(shortened(withoutLinks(title), MAX_HEADER)) },
      // The header has room for a part of a long title.
      ...(withoutLinks(title).length > MAX_HEADER ? [{ type: 'section', text: plain(title) }] : []),
      ...sectionsOf(shown).map((text) => ({ type: 'section', text: plain(text) })),
      ...(links.length > 0 ? [{ type: 'section', text: linksText(links) }] : []),
      { type: 'context', elements: [plain(`${severity}, ${at}`)] },
    ],
  };
}

/** The lines in as few sections as possible. */
function sectionsOf(lines: readonly Line[]): string[] {
  const sections: string[] = [];
  for (const line of lines.map((one) => shortened(withoutLinks(lineText(one)), MAX_SECTION))) {
    const last = sections.at(-1);
    if (last === undefined || last.length + 1 + line.length > MAX_SECTION) sections.push(line);
    else sections[sections.length - 1] = `${last}\n${line}`;
  }
  return sections;
}

function plain(text: string) {
  return { type: 'plain_text', text: withoutLinks(text), emoji: false };
}

/** The labels and URLs are our own. */
function linksText(links: readonly Link[]) {
  const text = links.map(({ label, url }) => `<${escaped(url)}|${label}>`).join('  ·  ');
  return { type: 'mrkdwn', text, verbatim: true };
}

/** docs.slack.dev/messaging/formatting-message-text: these three characters, and no others. A mention needs a `<`. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The errors of chat.postMessage that pass. */
const PASSING: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

const Answer = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  ts: z.string().optional(),
  message: z
    .object({ thread_ts: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/**
 * The Web API answers 200 whether or not it has posted. A reply has its thread in the answer. Slack posts a reply to a deleted message as
 * a message of its own, and the answer has no thread: then it begins a new one.
 */
const readWebApi: ReadReply = ({ status, body }) => {
  if (status < 200 || status >= 300) return undefined;
  const answer = Answer.safeParse(jsonIn(body)).data;
  if (!answer) return { outcome: 'refused', why: `answered ${status} without ok` };
  if (answer.ok) {
    const thread = answer.message?.thread_ts ?? answer.ts;
    return { outcome: 'told', ...(thread !== undefined && { thread }) };
  }
  const error = /^[a-z]+(?:_[a-z]+)*$/.exec(answer.error?.slice(0, 60) ?? '')?.[0] ?? 'an error';
  const why = `answered ${status} with ${error}`;
  return { outcome: PASSING.has(error) ? 'failed' : 'refused', why };
};
