import { createHmac } from 'node:crypto';
import { bytesOf, fitted, leftOut, shortened } from '../words/cut.ts';
import { withoutMarkdown } from '../words/escape.ts';
import type { Line, Message } from '../words/message.ts';
import { jsonRequest } from './json-request.ts';
import type { Kind } from './kind.ts';
import { boldLine, linkText } from './markdown.ts';
import { readCode } from './said-no.ts';

/** open.dingtalk.com/document/robots/custom-robot-access: a message has at most 20,000 bytes. */
const MAX_BYTES = 20_000;

const MAX_TITLE = 200;

/**
 * A robot takes 20 messages in a minute, and nothing for ten minutes after more (the same page). -1: the system is busy; 130101 and
 * 410100: too many messages.
 */
const readReply = readCode({ field: 'errcode', passing: { [-1]: 0, 130101: 600_000, 410100: 600_000 } });

/** A custom robot in a group of DingTalk. */
export const dingtalk: Kind<'dingtalk'> = {
  request({ message }, { url: text, secret }, { now }) {
    const url = new URL(text);
    if (secret !== undefined)
      for (const [name, value] of Object.entries(signature(secret, now))) url.searchParams.set(name, value);
    return { ...jsonRequest(url, markdownOf(message)), readReply };
  },
};

/** The signature of the time in milliseconds and the key, under the key; it goes into the query, and holds for an hour. */
function signature(secret: string, now: number): { timestamp: string; sign: string } {
  const timestamp = String(now);
  return {
    timestamp,
    sign: createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'),
  };
}

/** `at` names no person, so no text mentions one. */
function markdownOf({ severity, title, lines, links, at }: Message) {
  const short = withoutMarkdown(shortened(title, MAX_TITLE));
  const body = (some: readonly Line[]) => ({
    msgtype: 'markdown',
    markdown: {
      title: short,
      // Two line breaks begin a new line, one does not.
      text: [`#### ${short}`, ...some.map(boldLine), links.map(linkText).join(' · '), `${severity}, ${at}`]
        .filter((line) => line !== '')
        .join('\n\n'),
    },
    at: { atMobiles: [], isAtAll: false },
  });
  return body(
    fitted(
      lines,
      (count) => ({ text: leftOut(count) }),
      (some) => bytesOf(JSON.stringify(body(some))),
      MAX_BYTES,
    ),
  );
}
