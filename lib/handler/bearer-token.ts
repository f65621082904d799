import { createHash, timingSafeEqual } from 'node:crypto';
import { HttpProblem } from './problem.ts';

/**
 * Checks `Authorization: Bearer …` against the accepted tokens. The time it takes says nothing about how much of a token
 * was right, nor which one.
 *
 * @throws HttpProblem 401
 */
export function requireBearerToken(authorization: string | undefined, accepted: readonly string[]): void {
  const presented = /^Bearer +([^ ]+) *$/i.exec(authorization ?? '')?.[1];
  if (presented !== undefined) {
    const digest = sha256(presented);
    const matches = accepted.filter((token) => timingSafeEqual(sha256(token), digest));
    if (matches.length > 0) return;
  }
  throw new HttpProblem(
    401,
    'Unauthorized',
    presented === undefined
      ? 'The header Authorization must be "Bearer" and a token'
      : 'The bearer token is none of those that this route accepts',
  );
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
