import { createHash, createHmac } from 'node:crypto';

/** A POST with form parameters, as the Query protocol of AWS takes them. */
type FormRequest = { service: string; region: string; url: URL; body: string };

type Key = { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined };

/**
 * Signs a request with Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), and
 * returns the headers to send. The URL has no query.
 *
 * @param now milliseconds since the epoch. AWS refuses a time more than five minutes off.
 */
export function signAws(
  { service, region, url, body }: FormRequest,
  { accessKeyId, secretAccessKey, sessionToken }: Key,
  now: number,
): Record<string, string> {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  // In the order of their names, as the canonical request has them.
  const signed: [string, string][] = [
    ['content-type', 'application/x-www-form-urlencoded; charset=utf-8'],
    ['host', url.host],
    ['x-amz-date', time],
    ...(sessionToken === undefined
      ? []
      : [['x-amz-security-token', sessionToken] satisfies [string, string]]),
  ];
  const names = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = ['POST', url.pathname, '', lines, names, sha256(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  const signature = hmac(key, text).toString('hex');
  return {
    ...Object.fromEntries(signed),
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
