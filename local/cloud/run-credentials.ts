import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The credentials that the programs of this run present to the stand-ins, in the form of AWS's clients. */
export type RunCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The secret of the run. A client sends it with every request. */
  readonly sessionToken: string;
};

/** The header in which AWS's clients send a session token. */
export const SECRET_HEADER = 'x-amz-security-token';

/**
 * Creates credentials that are unique to this run.
 *
 * @param accessKeyId names their holder in signatures. @default the run itself
 */
export function createRunCredentials(accessKeyId = 'local'): RunCredentials {
  return {
    accessKeyId,
    secretAccessKey: 'local',
    sessionToken: randomBytes(32).toString('base64url'),
  };
}

/** Whether a request comes from the holder of these credentials. Another user of the machine cannot know the secret. */
export function isOfThisRun(
  { headers }: Pick<IncomingMessage, 'headers'>,
  { sessionToken }: RunCredentials,
): boolean {
  const given = Buffer.from(String(headers[SECRET_HEADER] ?? ''));
  const wanted = Buffer.from(sessionToken);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
