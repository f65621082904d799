import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Credentials } from './credentials.ts';

/** A request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** `accessKey` is the key that the request named, if that was legible. */
export type SignatureVerdict =
  | { readonly valid: true; readonly accessKey: string }
  | { readonly valid: false; readonly accessKey?: string; readonly problem: string };

const algorithm = 'SDK-HMAC-SHA256';
const authorizationPattern =
  /^SDK-HMAC-SHA256 Access=([^,\s]+), SignedHeaders=([^,\s]+), Signature=([0-9a-f]{64})$/;
const datePattern = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;
/** docs/design/modelarts-api.md 5.2: a clock skew over 15 min is rejected. */
const maximumSkewMs = 15 * 60_000;
const unsignedPayload = 'UNSIGNED-PAYLOAD';

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Percent-encodes all except `A-Za-z0-9-._~`; `encodeURIComponent` leaves five more characters unencoded. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

const canonicalPath = (path: string): string => {
  const encoded = path
    .split('/')
    .map((segment) => encode(decodeURIComponent(segment)))
    .join('/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
};

const byteOrder = (left: string, right: string): number => Number(left > right) - Number(left < right);

const canonicalQuery = (query: string): string =>
  [...new URLSearchParams(query)]
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(
      ([name, value], [otherName, otherValue]) => byteOrder(name, otherName) || byteOrder(value, otherValue),
    )
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

const headerValue = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : value?.trim();
};

const signingTimeMs = (date: string): number => Date.parse(date.replace(datePattern, '$1-$2-$3T$4:$5:$6Z'));

/** The request in the form of docs/design/modelarts-api.md 6.3, step 2. `signedHeaders` are sorted and present. */
const canonicalRequest = (
  request: ReceivedRequest,
  signedHeaders: readonly string[],
  payload: string,
): string => {
  const [path = '', query = ''] = request.target.split(/\?(.*)/s);
  const headers = signedHeaders
    .map((name) => `${name}:${headerValue(request.headers, name) ?? ''}\n`)
    .join('');
  return [
    request.method.toUpperCase(),
    canonicalPath(path),
    canonicalQuery(query),
    headers,
    signedHeaders.join(';'),
    payload,
  ].join('\n');
};

/**
 * Checks the AK/SK signature of a request against the received bytes (docs/design/modelarts-api.md 6.3).
 *
 * Valid only if the key is the expected one, `X-Sdk-Date` is signed and within 15 minutes of `nowMs`, every header in
 * `SignedHeaders` is present, and method, path, query, those headers and the body match the signature. Written from the
 * specification, not from the client's signer, so that a mistake in one does not hide in the other.
 */
export const verifySignature = (
  request: ReceivedRequest,
  credentials: Credentials,
  nowMs: number,
): SignatureVerdict => {
  const authorization = request.headers.authorization;
  if (authorization === undefined) return { valid: false, problem: 'no Authorization header' };
  const [, accessKey, headerList, signature] = authorizationPattern.exec(authorization) ?? [];
  if (accessKey === undefined || headerList === undefined || signature === undefined) {
    return {
      valid: false,
      problem: `Authorization is not "${algorithm} Access=…, SignedHeaders=…, Signature=…"`,
    };
  }
  const invalid = (problem: string): SignatureVerdict => ({ valid: false, accessKey, problem });
  if (accessKey !== credentials.accessKey) return invalid('unknown access key');

  const signedHeaders = headerList.toLowerCase().split(';').toSorted(byteOrder);
  if (!signedHeaders.includes('x-sdk-date')) return invalid('X-Sdk-Date is not signed');
  const absent = signedHeaders.filter((name) => headerValue(request.headers, name) === undefined);
  if (absent.length > 0) return invalid(`signed headers are not in the request: ${absent.join(', ')}`);

  const date = headerValue(request.headers, 'x-sdk-date') ?? '';
  if (!datePattern.test(date)) return invalid('X-Sdk-Date is not YYYYMMDDTHHMMSSZ');
  const skewMs = Math.abs(nowMs - signingTimeMs(date));
  if (!(skewMs <= maximumSkewMs)) return invalid('X-Sdk-Date is more than 15 minutes from the current time');

  const bodyHash = sha256(request.body);
  const payload = headerValue(request.headers, 'x-sdk-content-sha256') ?? bodyHash;
  if (payload !== unsignedPayload && payload !== bodyHash)
    return invalid('X-Sdk-Content-Sha256 is not the hash of the body');
  if (
    credentials.securityToken !== undefined &&
    headerValue(request.headers, 'x-security-token') !== credentials.securityToken
  ) {
    return invalid('X-Security-Token is missing or wrong');
  }

  let canonical: string;
  try {
    canonical = canonicalRequest(request, signedHeaders, payload);
  } catch (error) {
    if (error instanceof URIError) return invalid('the path is not valid percent-encoding');
    throw error;
  }
  const expected = createHmac('sha256', credentials.secretKey)
    .update(`${algorithm}\n${date}\n${sha256(canonical)}`)
    .digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
    ? { valid: true, accessKey }
    : invalid('the signature does not match the request');
};
