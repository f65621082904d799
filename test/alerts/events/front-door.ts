import { toCaller } from '#lib/callers';
import { createDoor } from '#lib/handler/door';
import { EventsQuery, listEvents } from '#lib/journal/list-events';
import { knock } from '#test/receiving/knock';
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

/** The front door, with rules that act on every alert of the sources of events unless others are given. */
export function createFrontDoor(rules = RULES) {
  const bench = createBench(rules);
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
    const authorization = `Bearer ${token}`;
    return knock(services, bench, { source, headers: { authorization, ...headers }, body });
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
