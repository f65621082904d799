import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The credentials that this run's own programs present to its stand-ins, in the shape that AWS's clients take. */
export type RunCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The secret of the run: a client sends it along with every request. */
  readonly sessionToken: string;
};

/** The header in which AWS's clients send a session token. */
export const SECRET_HEADER = 'x-amz-security-token';

/** Makes credentials that no other run has. */
export function createRunCredentials(): RunCredentials {
  return {
    accessKeyId: 'local',
    secretAccessKey: 'local',
    sessionToken: randomBytes(32).toString('base64url'),
  };
}

/** Whether a request comes from a program of this run, and not from another user of the machine. */
export function isOfThisRun(
  { headers }: Pick<IncomingMessage, 'headers'>,
  { sessionToken }: RunCredentials,
): boolean {
  const given = Buffer.from(String(headers[SECRET_HEADER] ?? ''));
  const wanted = Buffer.from(sessionToken);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
