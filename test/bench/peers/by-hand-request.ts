import { createHash, createHmac } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { variable } from './peer.ts';

const agent = new Agent({ keepAlive: true });

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The headers of a call of AWS, signed by Signature Version 4. */
export function signedForAws(
  service: string,
  target: string,
  url: URL,
  body: string,
): Record<string, string> {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const region = variable('AWS_REGION');
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.0',
    host: url.host,
    'x-amz-date': time,
    'x-amz-security-token': variable('AWS_SESSION_TOKEN'),
    'x-amz-target': target,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', '/', '', lines.join(''), names, sha256(body)].join('\n');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const first = `AWS4${variable('AWS_SECRET_ACCESS_KEY')}`;
  const key = scope.split('/').reduce<string | Buffer>(hmac, first);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString(
    'hex',
  );
  const credential = `${variable('AWS_ACCESS_KEY_ID')}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

/** @throws Error if the answer is no 200 */
export async function ask(
  url: URL,
  method: string,
  headers: Record<string, string>,
  body?: string,
): Promise<unknown> {
  const answered = Promise.withResolvers<IncomingMessage>();
  request(url, { method, headers, agent }, answered.resolve).on('error', answered.reject).end(body);
  const answer = await answered.promise;
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  if (answer.statusCode !== 200) throw new Error(`${method} ${url.pathname}: ${answer.statusCode} ${text}`);
  return JSON.parse(text);
}
