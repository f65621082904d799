import { printable } from '#lib/printable';
import { JSON_HEADERS } from './json-request.ts';
import type { Kind } from './kind.ts';

/** JSON by POST, for machines and for chats that take a `text`. docs/rules/reference.md describes the body. */
export const webhook: Kind<'webhook'> = {
  request({ body }, { url: text }) {
    const url = new URL(text);
    return {
      url,
      headers: { ...JSON_HEADERS, 'idempotency-key': body.id, ...basicAuthorization(url) },
      // The receiver may show a name to a person as it is.
      body: Buffer.from(printable(JSON.stringify(body))),
    };
  },
};

/** The user and the password in a URL are not part of the path. */
function basicAuthorization({ username, password }: URL): { authorization?: string } {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
