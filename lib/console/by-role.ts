import { includesRole, type Role } from '#lib/callers';
import type { Door } from '#lib/handler/door';
import type { Invocation } from '#lib/handler/invocation';
import type { HttpFunction, HttpRequest, HttpResponse, Route } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';
import { tagged } from './entity-tag.ts';

/** A known sender: its name in the ledger, and its role. */
export type Person = { name: string; role: Role };

/** A request whose sender is known, and has the role that the route needs. */
export type PersonRequest = HttpRequest & { caller: Person };

/** The answer to a request of a person. */
export type PersonRoute<Services> = (
  request: PersonRequest,
  services: Services,
  invocation: Invocation,
) => Promise<HttpResponse> | HttpResponse;

/**
 * Routes by their keys, each with the role that it needs. A route that needs `nothing` answers everybody, also without a token.
 */
export type RoutesByRole<Services> = Readonly<
  Record<
    string,
    { needs: 'nothing'; answer: Route<Services> } | { needs: Role; answer: PersonRoute<Services> }
  >
>;

/**
 * The routes of an HTTP function that answer only callers with the role that the route needs.
 *
 * A request is answered with 401 if it has no valid token, and with 403 if the role of its holder does not include the needed one.
 * The body is not looked at before.
 */
export function byRole<Services extends { door: Door }>(
  table: RoutesByRole<Services>,
): HttpFunction<Services>['routes'] {
  return Object.fromEntries(
    Object.entries(table).map(([key, route]) => [
      key,
      route.needs === 'nothing' ? route.answer : guarded(key, route.needs, route.answer),
    ]),
  );
}

/** The keys of the routes that need a role, and that a caller with this one may ask for. */
export function routesFor(role: Role, table: RoutesByRole<never>): string[] {
  return Object.entries(table)
    .filter(([, { needs }]) => needs !== 'nothing' && includesRole(role, needs))
    .map(([key]) => key);
}

function guarded<Services extends { door: Door }>(
  key: string,
  needs: Role,
  answer: PersonRoute<Services>,
): Route<Services> {
  return async function answerPerson(request, services, invocation) {
    const { name, role } = await services.door.admit(request, invocation.log);
    if (role === undefined || !includesRole(role, needs)) {
      invocation.log.warn('a request was refused: its sender has too low a role', {
        by: name,
        role,
        needs,
        route: key,
      });
      throw tooLowARole(name, role, needs);
    }
    const answered = await answer({ ...request, caller: { name, role } }, services, invocation);
    return key.startsWith('GET ') ? tagged(answered, request) : answered;
  };
}

function tooLowARole(name: string, has: Role | undefined, needs: Role): HttpProblem {
  return new HttpProblem(
    403,
    'Forbidden',
    `This route needs the role ${needs}, and ${name} has ${has === undefined ? 'none' : `the role ${has}`}: ask a person with the role ${needs}, or ask for a token with it`,
    undefined,
    { members: { needs, has: has ?? null } },
  );
}
