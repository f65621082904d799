import { percentEncode } from '#lib/http/percent-encoding';
import { type Credentials, sign } from '#lib/http/signature';
import { printable } from '#lib/printable';
import type { NotifyTarget } from '#lib/rules/rules';
import type { NoticeBody } from './body.ts';
import { smnMessage } from './smn-message.ts';

/** One POST, ready to send. Its URL and its headers hold secrets. */
export type NoticeRequest = {
  url: URL;
  headers: Record<string, string>;
  body: Uint8Array;
  /** The secrets in it. No text about an answer repeats one. */
  secrets?: readonly string[];
};

const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json',
  'user-agent': 'poolkeeper',
};

/**
 * The request that carries a notice to a recipient.
 *
 * @param credentials the key that signs requests to SMN; a webhook needs none
 * @param now milliseconds since the epoch
 * @throws TypeError for a topic without a key
 */
export function requestTo(
  { kind, url }: { kind: NotifyTarget['kind']; url: URL },
  notice: NoticeBody,
  credentials: Credentials | undefined,
  now: number,
): NoticeRequest {
  switch (kind) {
    case 'webhook':
      return webhookRequest(url, notice);
    case 'smn':
      if (!credentials)
        throw new TypeError(
          'There is no access key to sign a request to SMN: set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK',
        );
      return smnRequest(url, notice, credentials, now);
  }
}

function webhookRequest(url: URL, notice: NoticeBody): NoticeRequest {
  return {
    url,
    headers: { ...HEADERS, 'idempotency-key': notice.id, ...basicAuthorization(url) },
    // The receiver may show a name to a person as it is.
    body: Buffer.from(printable(JSON.stringify(notice))),
  };
}

/** The user and the password in a URL are not part of the path. */
function basicAuthorization({ username, password }: URL): { authorization?: string } {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** The same signature as for ModelArts: Huawei's gateways check all services alike (docs/modelarts-api.md 6.3). */
function smnRequest(target: URL, notice: NoticeBody, credentials: Credentials, now: number): NoticeRequest {
  const url = new URL(target);
  // The URN in the path has colons. Since it is sent exactly as signed, both agree wherever the server decodes.
  url.pathname = target.pathname
    .split('/')
    .map((segment) => percentEncode(decodeURIComponent(segment)))
    .join('/');
  const body = Buffer.from(JSON.stringify(smnMessage(notice)));
  const { accept, 'user-agent': userAgent, ...headers } = HEADERS;
  const signed = sign({ method: 'POST', url, headers, body, credentials, now });
  return { url, headers: { ...signed, accept, 'user-agent': userAgent }, body };
}
