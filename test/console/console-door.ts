import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { routes } from '#functions/console';
import { toPerson } from '#lib/callers';
import type { DeadLetterQueue } from '#lib/dead-letters/read-letters';
import { createDoor } from '#lib/handler/door';
import { answerRequest } from '#lib/handler/on-http';
import { httpEvent } from '#test/handler/http-event';
import type { createBench } from '#test/remediation/bench';

type Bench = Pick<ReturnType<typeof createBench>, 'services' | 'invocation'>;

/** A request to the console. `token`: null for none, and by default the first of its door. `path`: the values of `{id}` and the like. */
export type ConsoleRequest = {
  token?: string | null;
  path?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
  /** The claims of an authorizer before the function. */
  claims?: Record<string, string>;
};

const ADMIN = 'admin-token-of-thirty-two-characters';

/**
 * The console over the ledger of a bench, as the HTTP API hands requests to it: every route, with its role and its problems.
 *
 * @param entries those of `POOLKEEPER_CONSOLE_TOKEN`
 */
export function openConsole(
  { services, invocation }: Bench,
  entries: readonly string[] = [`ada:admin:${ADMIN}`],
  deadLetterQueues: readonly DeadLetterQueue[] = [],
  simulated = true,
) {
  const people = entries.map((entry) => toPerson(entry)!);
  const own = {
    ...services,
    door: createDoor(people, services.clock),
    page: { all: () => Promise.resolve(new Map()) },
    deadLetterQueues,
    counters: () => Promise.resolve([]),
    system: { simulated, version: '1.0.0', rules: '3fa9c1d2e4b5' },
  };
  return async function ask(
    route: string,
    { token = people[0]!.tokens[0]!, path = {}, query = {}, headers = {}, body, claims }: ConsoleRequest = {},
  ): Promise<{ status: number; body: any; headers: Record<string, unknown> }> {
    const event = httpEvent(route, {
      pathParameters: path,
      queryStringParameters: query,
      headers: { ...headers, ...(token !== null && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    if (claims) Object.assign(event.requestContext, { authorizer: { jwt: { claims, scopes: null } } });
    const answer = await answerRequest(event, routes, () => Promise.resolve(own), invocation());
    const { statusCode: status = 0, headers: answered = {} } = answer;
    return { status, headers: answered, body: bodyOf(answer) };
  };
}

/** JSON, or a text in another format. */
function bodyOf({ body, isBase64Encoded }: APIGatewayProxyStructuredResultV2): any {
  if (isBase64Encoded) return Buffer.from(body ?? '', 'base64').toString();
  return body ? JSON.parse(body) : undefined;
}
