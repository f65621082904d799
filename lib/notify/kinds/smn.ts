import { percentEncode } from '#lib/http/percent-encoding';
import { sign } from '#lib/http/signature';
import { cutToBytes } from '../words/cut.ts';
import { withoutLinks } from '../words/escape.ts';
import type { Message } from '../words/message.ts';
import { topicText } from '../words/topic-text.ts';
import { JSON_HEADERS } from './json-request.ts';
import type { Kind } from './kind.ts';

/** The body of SMN's PublishMessage. */
export type SmnMessage = { subject: string; message: string };

/**
 * The limits of SMN's PublishMessage, POST /v2/{project_id}/notifications/topics/{topic_urn}/publish
 * (support.huaweicloud.com/api-smn/PublishMessage.html): in bytes of UTF-8.
 */
const MAX_SUBJECT_BYTES = 512;
const MAX_MESSAGE_BYTES = 256 * 1024;

/** A topic of Huawei SMN: mailboxes, telephones, or robots of a chat. */
export const smn: Kind<'smn'> = {
  request({ message }, { url: text }, { credentials, now }) {
    if (!credentials)
      throw new TypeError(
        'There is no access key to sign a request to SMN: set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK',
      );
    const url = signedUrl(text);
    const body = Buffer.from(JSON.stringify(smnMessage(message)));
    const { accept = '', 'user-agent': userAgent = '', ...headers } = JSON_HEADERS;
    // The same signature as for ModelArts: Huawei's gateways check all services alike (docs/design/modelarts-api.md 6.3).
    const signed = sign({ method: 'POST', url, headers, body, credentials, now });
    return { url, headers: { ...signed, accept, 'user-agent': userAgent }, body };
  },
};

/** The URN in the path has colons. Since it is sent exactly as signed, both agree wherever the server decodes. */
function signedUrl(text: string): URL {
  const url = new URL(text);
  url.pathname = url.pathname
    .split('/')
    .map((segment) => percentEncode(decodeURIComponent(segment)))
    .join('/');
  return url;
}

/** A notice as a message to the subscribers of a topic. */
export function smnMessage(message: Pick<Message, 'title' | 'lines' | 'links'>): SmnMessage {
  return {
    subject: cutToBytes(fitForSms(withoutLinks(message.title)), MAX_SUBJECT_BYTES),
    message: topicText(message, MAX_MESSAGE_BYTES, fitForSms),
  };
}

/** A short message must not hold square brackets, nor the Chinese ones (the same page). */
function fitForSms(text: string): string {
  return text.replaceAll(/[[【]/g, '(').replaceAll(/[\]】]/g, ')');
}
