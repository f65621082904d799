import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export type SignedRequest = {
  method: string;
  /** Path and query as they stand in the request line. */
  target: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
};

export type AccessKey = { ak: string; sk: string; securityToken?: string };

const algorithm = 'SDK-HMAC-SHA256';
const authorizationForm =
  /^SDK-HMAC-SHA256 Access=(?<ak>[^,\s]+), SignedHeaders=(?<signed>[^,\s]+), Signature=(?<signature>[0-9a-f]{64})$/;
const largestSkewMs = 15 * 60_000;

/**
 * The reason why a request does not have a valid, recent signature of the key; undefined if it has one. This code follows
 * docs/design/modelarts-api.md 6.3 and its vectors (6.4). It shares no code with the client.
 */
export function signatureFault(
  request: SignedRequest,
  { ak, sk, securityToken }: AccessKey,
  nowMs: number,
): string | undefined {
  const header = (name: string) => [request.headers[name] ?? []].flat().join(',');

  const given = authorizationForm.exec(header('authorization'))?.groups;
  if (!given) return 'Authorization is missing or not of the form of SDK-HMAC-SHA256';
  if (given['ak'] !== ak) return 'the access key is not known';

  const date = header('x-sdk-date');
  const at = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!at) return 'X-Sdk-Date is missing or not YYYYMMDDTHHMMSSZ';
  const [, year, month, day, hour, minute, second] = at;
  const signedAtMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!(Math.abs(nowMs - signedAtMs) <= largestSkewMs)) return 'X-Sdk-Date is more than 15 minutes away';

  const signed = given['signed']?.split(';') ?? [];
  if (signed.join(';') !== [...new Set(signed.map((name) => name.toLowerCase()))].sort().join(';')) {
    return 'SignedHeaders is not in lower case, sorted and without repetition';
  }
  const present = Object.keys(request.headers);
  const mustBeSigned = present.filter(
    (name) => ['host', 'content-type'].includes(name) || name.startsWith('x-'),
  );
  const unsigned = mustBeSigned.find((name) => !signed.includes(name));
  if (unsigned) return `${unsigned} is sent and not signed`;
  const absent = signed.find((name) => !present.includes(name));
  if (absent) return `${absent} is signed and not sent`;
  if (header('x-security-token') !== (securityToken ?? '')) return 'X-Security-Token is not that of the key';

  const canonical = canonicalRequest(request, signed, header);
  const expected = createHmac('sha256', sk)
    .update(`${algorithm}\n${date}\n${sha256(canonical)}`)
    .digest();
  return timingSafeEqual(expected, Buffer.from(given['signature'] ?? '', 'hex'))
    ? undefined
    : 'the signature does not match the request';
}

/** docs/design/modelarts-api.md 6.3, step 2. */
export function canonicalRequest(
  { method, target, body }: SignedRequest,
  signed: readonly string[],
  header: (name: string) => string,
): string {
  const [path = '', query = ''] = target.split('?');
  const segments = path.split('/').map((segment) => encode(decodeURIComponent(segment)));
  const pairs = query === '' ? [] : query.split('&').map(canonicalPair);
  return [
    method.toUpperCase(),
    path.endsWith('/') ? segments.join('/') : `${segments.join('/')}/`,
    pairs
      .sort(byNameThenValue)
      .map(([name, value]) => `${name}=${value}`)
      .join('&'),
    ...signed.map((name) => `${name}:${header(name).trim()}`),
    '',
    signed.join(';'),
    header('x-sdk-content-sha256') || sha256(body),
  ].join('\n');
}

function canonicalPair(pair: string): [name: string, value: string] {
  const [name = '', value = ''] = pair.split('=');
  return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value))];
}

function byNameThenValue([a, b]: [string, string], [c, d]: [string, string]): number {
  return a === c ? compare(b, d) : compare(a, c);
}

/** Everything but `A-Za-z0-9-._~`, in upper-case hex. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
