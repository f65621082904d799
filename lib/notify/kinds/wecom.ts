import { bytesOf, fitted, leftOut, shortened } from '../words/cut.ts';
import { withoutMarkdown } from '../words/escape.ts';
import type { Line, Message } from '../words/message.ts';
import { jsonRequest } from './json-request.ts';
import type { Kind } from './kind.ts';
import { boldLine, linkText } from './markdown.ts';
import { readCode } from './said-no.ts';

/** developer.work.weixin.qq.com/document/path/91770: the content of a `markdown` message, in bytes of UTF-8. */
const MAX_CONTENT_BYTES = 4_096;

const MAX_TITLE = 160;
const MAX_LINE = 700;

/** A robot takes 20 messages in a minute (the same page). -1: the system is busy; 45009 and 45033: too many messages. */
const readReply = readCode({ field: 'errcode', passing: { [-1]: 0, 45009: 60_000, 45033: 60_000 } });

/** A robot in a group of WeCom. */
export const wecom: Kind<'wecom'> = {
  request({ message }, { url }) {
    return {
      ...jsonRequest(new URL(url), { msgtype: 'markdown', markdown: { content: contentOf(message) } }),
      readReply,
    };
  },
};

const COLOURS = { critical: 'warning', error: 'warning', warning: 'warning', info: 'info' } as const;

/** Only `<@…>` mentions a person, and foreign text has no `<`. */
export function contentOf({ severity, title, lines, links, at }: Message): string {
  const content = (some: readonly Line[]) =>
    [
      `### <font color="${COLOURS[severity]}">${withoutMarkdown(shortened(title, MAX_TITLE))}</font>`,
      ...some.map((line) => boldLine({ ...line, text: shortened(line.text, MAX_LINE) })),
      links.map(linkText).join(' · '),
      `<font color="comment">${severity}, ${at}</font>`,
    ]
      .filter((line) => line !== '')
      .join('\n');
  return content(
    fitted(
      lines,
      (count) => ({ text: leftOut(count) }),
      (some) => bytesOf(content(some)),
      MAX_CONTENT_BYTES,
    ),
  );
}
