import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createSecureContext } from 'node:tls';

/** AWS's own clients wait as long for a silent connection. */
const SILENCE_MS = 30_000;

// One connection serves many requests: a new one costs two round trips.
const AGENTS = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

/** Reads the certificates of all authorities, which the first connection over TLS would do otherwise. */
export function prepareTls(): void {
  createSecureContext();
}

export type AwsAnswer = { status: number; body: string };

/**
 * Posts a body once, and reads the whole answer.
 *
 * @param ownAgent has the connections, if they are others than the process's own
 * @throws Error if there is no connection, if it breaks, or if it is silent for half a minute. AWS may have done what was asked.
 */
export function exchange(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  ownAgent?: HttpAgent,
): Promise<AwsAnswer> {
  const isPlain = url.protocol === 'http:';
  const send = isPlain ? httpRequest : httpsRequest;
  const agent = ownAgent ?? (isPlain ? AGENTS.http : AGENTS.https);
  const { promise, resolve, reject } = Promise.withResolvers<AwsAnswer>();
  const request = send(url, { method: 'POST', agent, timeout: SILENCE_MS, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
    );
  });
  request.on('timeout', () => request.destroy(new Error(`AWS was silent for ${SILENCE_MS / 1000} s`)));
  request.on('error', reject);
  request.end(body);
  return promise;
}
