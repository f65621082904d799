import * as z from 'zod';
import type { LocalRoute } from '#local/cloud/http/http-api';

/** The requests that the page of the simulator shows. The simulator itself keeps many more. */
const SHOWN_REQUESTS = 40;

const State = z.looseObject({ requests: z.array(z.unknown()) });
const Caller = z.looseObject({ may: z.array(z.string()) });

/** The route of the console that a person must be allowed to use, to change the simulated world. */
const NEEDED = 'POST /commands';

/**
 * Hands requests below `/simulator` to the control routes of the simulator, for the page of the console: a web page cannot call the
 * simulator itself. It asks the console whether the sender may order actions. A deployed system has no such route.
 *
 * @param consoleUrl the address of the console, known once it is up.
 */
export function simulatorRoute(simulatorUrl: string, consoleUrl: () => string): LocalRoute {
  return {
    prefix: '/simulator',
    async answer({ method, target, headers, body }) {
      const { authorization = '' } = headers;
      const asked = await fetch(`${consoleUrl()}/me`, { headers: { authorization } });
      const said = await asked.text();
      if (!asked.ok) return { statusCode: asked.status, headers: typed(asked), body: said };
      if (method !== 'GET' && !Caller.parse(JSON.parse(said)).may.includes(NEEDED)) return forbidden;
      const answer = await fetch(`${simulatorUrl}${target}`, {
        method,
        ...(body.length > 0 && { body: new Uint8Array(body) }),
      });
      const text = await answer.text();
      const isState = answer.ok && method === 'GET';
      return { statusCode: answer.status, headers: typed(answer), body: isState ? shortened(text) : text };
    },
  };
}

const forbidden = {
  statusCode: 403,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({
    title: 'Forbidden',
    status: 403,
    detail: 'The simulated world is for people with the role command',
  }),
};

function typed({ headers }: Response): Record<string, string> {
  return { 'content-type': headers.get('content-type') ?? 'application/json', 'cache-control': 'no-store' };
}

/** The state with only its last requests, without their bodies: the page asks every few seconds. */
function shortened(text: string): string {
  const { requests, ...state } = State.parse(JSON.parse(text));
  return JSON.stringify({ ...state, requests: requests.slice(-SHOWN_REQUESTS) });
}
