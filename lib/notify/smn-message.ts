import type { Words } from './notice-text.ts';

/** The body of SMN's PublishMessage. */
export type SmnMessage = { subject: string; message: string };

/**
 * The limits of SMN's PublishMessage, POST /v2/{project_id}/notifications/topics/{topic_urn}/publish
 * (support.huaweicloud.com/api-smn/PublishMessage.html): in bytes of UTF-8.
 */
const MAX_SUBJECT_BYTES = 512;
const MAX_MESSAGE_BYTES = 256 * 1024;

/** A notice as a message to the subscribers of a topic: mailboxes, telephones or robots of a chat. */
export function smnMessage({ title, text }: Words): SmnMessage {
  return {
    subject: cutToBytes(fitForSms(title), MAX_SUBJECT_BYTES),
    message: cutToBytes(fitForSms(text), MAX_MESSAGE_BYTES),
  };
}

/** A short message must not hold square brackets, nor the Chinese ones (the same page). */
function fitForSms(text: string): string {
  return text.replaceAll(/[[【]/g, '(').replaceAll(/[\]】]/g, ')');
}

/** The longest beginning of a text with at most this many bytes in UTF-8. */
function cutToBytes(text: string, bytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes));
  return text.slice(0, read);
}
