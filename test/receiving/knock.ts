import { routes } from '#functions/receive-alert';
import type { HttpRequest } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';
import type { createBench } from '#test/remediation/bench';

type Route = NonNullable<(typeof routes)['POST /alerts/{source}']>;

/** Posts to a source of alerts as its sender does. A problem is an answer, too. */
export async function knock(
  services: Parameters<Route>[1],
  bench: Pick<ReturnType<typeof createBench>, 'invocation'>,
  { source, headers, body }: { source: string; headers: HttpRequest['headers']; body: unknown },
): Promise<{ status: number; body: any }> {
  const request = {
    path: { source },
    query: {},
    headers,
    body:
      typeof body === 'string' || Buffer.isBuffer(body)
        ? Buffer.from(body)
        : Buffer.from(JSON.stringify(body)),
    from: '192.0.2.7',
  };
  try {
    return await routes['POST /alerts/{source}']!(request, services, bench.invocation());
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    return { status: error.status, body: error.toBody() };
  }
}
