import { createHmac } from 'node:crypto';
import { bytesOf, fitted, leftOut, shortened } from '../words/cut.ts';
import { withoutLinks } from '../words/escape.ts';
import { type Line, lineText, type Message } from '../words/message.ts';
import { jsonRequest } from './json-request.ts';
import type { Kind } from './kind.ts';
import { readCode } from './said-no.ts';

/** open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: a request has at most 20 KB, with its signature. */
const MAX_BYTES = 20_000;

const MAX_TITLE = 200;

/** 9499: too many requests; 11232: more than 100 in a minute, or 5 in a second; 230020: the same for one chat. */
const readReply = readCode({
  field: 'code',
  passing: { 9499: 60_000, 11232: 60_000, 230020: 60_000, 1061045: 60_000 },
});

/** A custom bot in a group of Feishu, or of Lark. */
export const feishu: Kind<'feishu'> = {
  request({ message }, { url, secret }, { now }) {
    const body = { ...(secret !== undefined && signature(secret, now)), ...cardOf(message) };
    return { ...jsonRequest(new URL(url), body), readReply };
  },
};

/** The text to sign is the key, and the signed content is empty (the same page). The time is in seconds, and holds for an hour. */
function signature(secret: string, now: number): { timestamp: string; sign: string } {
  const timestamp = String(Math.floor(now / 1000));
  const sign = createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64');
  return { timestamp, sign };
}

const TEMPLATES = { critical: 'red', error: 'orange', warning: 'yellow', info: 'blue' } as const;

/** A card. Foreign text is `plain_text`, in which neither a mention nor Markdown has an effect. */
function cardOf({ severity, title, lines, links, at }: Message) {
  const card = (some: readonly Line[]) => ({
    msg_type: 'interactive',
    card: {
      config: { wide_screen_mode: true },
      header: { template: TEMPLATES[severity], title: plain(shortened(title, MAX_TITLE)) },
      elements: [
        ...some.map((line) => ({ tag: 'div', text: plain(lineText(line)) })),
        ...(links.length > 0
          ? [
              {
                tag: 'action',
                actions: links.map(({ label, url }, index) => ({
                  tag: 'button',
                  text: { tag: 'plain_text', content: label },
                  type: index === 0 ? 'primary' : 'default',
                  url,
                })),
              },
            ]
          : []),
        { tag: 'note', elements: [plain(`${severity}, ${at}`)] },
      ],
    },
  });
  const signed = 100;
  return card(
    fitted(
      lines,
      (count) => ({ text: leftOut(count) }),
      (some) => bytesOf(JSON.stringify(card(some))) + signed,
      MAX_BYTES,
    ),
  );
}

function plain(text: string) {
  return { tag: 'plain_text', content: withoutLinks(text) };
}
