import type { Clock } from '#lib/clock';
import { TokensRefused } from '#lib/metrics/table';
import { type ClaimsOptions, callerByClaims } from './claims.ts';
import { createDoor, type Door } from './door.ts';
import { HttpProblem } from './problem.ts';

/**
 * The door of a function behind the JWT authorizer of the HTTP API. The authorizer checks the token, and the door believes its claims
 * alone: no header, and no token of Poolkeeper's own. A request without claims did not pass the authorizer, and is refused.
 */
export function createClaimsDoor(options: ClaimsOptions, clock: Clock): Door {
  const refusing = createDoor([], clock);
  const door: Door = {
    ...refusing,
    async admit(request, log) {
      const caller = request.claims && callerByClaims(request.claims, options);
      if (caller) return caller;
      const last = { from: request.from, hasClaims: request.claims !== undefined };
      const message = 'requests were refused: no claims of the identity provider say who sends them';
      await refusing.turnAway({ message, metric: TokensRefused, labels: { door: 'people' }, last }, log);
      throw new HttpProblem(
        401,
        'Unauthorized',
        'The request has no token of the identity provider, or one without a name: sign in again, and send the token as the bearer token',
      );
    },
    of: () => door,
  };
  return door;
}
