import { routes } from '#functions/receive-alert';
import { toCaller } from '#lib/callers';
import { createDoor } from '#lib/handler/door';
import { HttpProblem } from '#lib/handler/problem';
import { EventsQuery, listEvents } from '#lib/journal/list-events';
import { createBench } from '#test/remediation/bench';

export const TOKEN = 'a-good-token-of-thirty-two-chars-or-more';
export const NODE = 'os-node-created-00001';

const rule = (source: string) => `
  - name: ${source}
    when: { source: ${source} }
    node: { from: labels.node }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {} } ]
`;
const RULES = `
pools:
  train-a: { id: pool-9d3f, budget: { maxUnavailable: 100%, perDay: 100% } }
rules:
${rule('cloudevents')}
${rule('kubernetes')}
${rule('eventbridge')}
`;

const get = () => Promise.resolve({ kind: 'refused' as const, why: 'there is no SMN' });

/** The front door with rules that act on every alert of the sources of events. */
export function createFrontDoor() {
  const bench = createBench(RULES);
  const services = {
    ...bench.services,
    smn: { get, certificates: { at: get } },
    door: createDoor([toCaller(`producer:${TOKEN}`, 'webhook')!], bench.services.clock),
  };
  async function deliver(
    source: string,
    body: unknown,
    headers: Record<string, string> = {},
    token = TOKEN,
  ): Promise<{ status: number; body: any }> {
    const request = {
      path: { source },
      query: {},
      headers: { authorization: `Bearer ${token}`, ...headers },
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
  return {
    bench,
    services,
    deliver,
    events: async (query = {}) =>
      (await listEvents(bench.store, EventsQuery.parse(query), bench.now())).events,
    alerts: () =>
      bench.store
        .documents()
        .filter(({ pk }) => pk.startsWith('alert#'))
        .map(({ value }) => value as any),
    /** The ids of all remediations. */
    remediations: () => {
      const keys = bench.store.documents().map(({ pk }) => pk);
      return [...new Set(keys.filter((pk) => pk.startsWith('remediation#')))];
    },
  };
}
