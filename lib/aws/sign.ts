import { createHash, createHmac } from 'node:crypto';

/** A POST to the root of a service. `headers` have names in lower case, and are signed beside those that every request has. */
type SignedRequest = {
  service: string;
  region: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string;
};

/** An access key of AWS, and the token of a role's session. */
export type AwsKey = { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined };

/**
 * Signs a request with Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), and
 * returns the headers to send. The URL has no query.
 *
 * @param now milliseconds since the epoch. AWS refuses a time more than five minutes off.
 */
export function signAws(
  { service, region, url, headers, body }: SignedRequest,
  { accessKeyId, secretAccessKey, sessionToken }: AwsKey,
  now: number,
): Record<string, string> {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const sent: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(sent).toSorted();
  const lines = names.map((name) => `${name}:${sent[name]}\n`).join('');
  const canonical = ['POST', url.pathname, '', lines, names.join(';'), sha256(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const signature = hmac(keyOf(secretAccessKey, day, region, service), text).toString('hex');
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** The last key: it is the same for all requests of a day to a service. */
let last: { of: string; key: Buffer } | undefined;

function keyOf(secret: string, day: string, region: string, service: string): Buffer {
  const of = [secret, day, region, service].join('\n');
  if (last?.of !== of) {
    const key = [day, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`));
    last = { of, key };
  }
  return last.key;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
