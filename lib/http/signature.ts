import { createHash, createHmac } from 'node:crypto';
import { percentEncode } from './percent-encoding.ts';

/** An access key. Only temporary keys have a `securityToken`. */
export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
}

export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  /** The signature covers all of these. Nothing may change them afterwards. */
  readonly headers: Readonly<Record<string, string>>;
  /** Exactly the bytes to send. */
  readonly body?: Uint8Array;
}

const ALGORITHM = 'SDK-HMAC-SHA256';

/**
 * Signs a request with SDK-HMAC-SHA256 (docs/design/modelarts-api.md 6.3) and returns all headers to send: the given ones,
 * `host`, `x-sdk-date`, `x-security-token` for temporary keys, and `authorization`. Names are lower case.
 *
 * The payload hash is that of the real body, even where Huawei's own SDK sends `UNSIGNED-PAYLOAD`. A request with its
 * own `x-sdk-content-sha256` is signed with that value.
 *
 * @param now milliseconds since the epoch; the API refuses a date more than 15 minutes off
 */
export function sign(
  request: UnsignedRequest & { readonly credentials: Credentials; readonly now: number },
): Record<string, string> {
  const { credentials, now } = request;
  const date = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers = {
    ...lowerCaseNames(request.headers),
    host: request.url.host,
    'x-sdk-date': date,
    ...(credentials.securityToken !== undefined && { 'x-security-token': credentials.securityToken }),
  };
  const canonical = canonicalRequest({ ...request, headers });
  const signature = createHmac('sha256', credentials.secretKey)
    .update(`${ALGORITHM}\n${date}\n${sha256(canonical)}`)
    .digest('hex');
  const authorization = `${ALGORITHM} Access=${credentials.accessKey}, SignedHeaders=${headerNames(headers)}, Signature=${signature}`;
  return { ...headers, authorization };
}

/** The text to hash and sign (docs/design/modelarts-api.md 6.3, step 2). */
export function canonicalRequest({ method, url, headers, body }: UnsignedRequest): string {
  const named = lowerCaseNames(headers);
  return [
    method.toUpperCase(),
    canonicalPath(url),
    canonicalQuery(url),
    ...Object.keys(named)
      .sort()
      .map((name) => `${name}:${named[name]?.trim()}`),
    '',
    headerNames(named),
    named['x-sdk-content-sha256'] ?? sha256(body ?? ''),
  ].join('\n');
}

// Built from decoded segments. Huawei's JavaScript SDK has a known fault here: it encodes an encoded path again.
function canonicalPath(url: URL): string {
  const path = url.pathname
    .split('/')
    .map((segment) => percentEncode(decodeURIComponent(segment)))
    .join('/');
  return path.endsWith('/') ? path : `${path}/`;
}

function canonicalQuery(url: URL): string {
  return url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return { name: decodeURIComponent(name), value: decodeURIComponent(value.join('=')) };
    })
    .sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value))
    .map(({ name, value }) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function headerNames(headers: Readonly<Record<string, string>>): string {
  return Object.keys(headers).sort().join(';');
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
