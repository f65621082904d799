import { withoutMarkdown } from '../words/escape.ts';
import type { Line, Link } from '../words/message.ts';

/** Texts of the small Markdown that robots of chats take: bold, links and lists. */
export function boldLine({ name, text }: Line): string {
  return name === undefined ? `- ${withoutMarkdown(text)}` : `**${name}**: ${withoutMarkdown(text)}`;
}

export function linkText({ label, url }: Link): string {
  return `[${label}](${url})`;
}
