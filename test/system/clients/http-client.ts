import { linesWith, untilSign } from '../stack/until.ts';
import { type AlertOptions, alert, notification } from './alertmanager.ts';

/** A remediation as `GET /remediations` shows it. */
export type ShownRemediation = {
  id: string;
  state: string;
  escalatedTo?: string;
  why?: string;
  pool: string;
  nodes?: string[];
  rule?: string;
  jobId?: string;
  deadline?: string;
  plan?: { hash: string; request: unknown };
  nodeStates?: Record<string, { state: string; why?: string }>;
  receipts: ({ step: string; at: string } & Record<string, unknown>)[];
};

/** The answer to a delivery of alerts. */
export type Delivery = {
  status: number;
  remediations: { id: string; rule: string; node: string; state: string }[];
  ignored: { alert: string; why: string }[];
};

export type HttpClient = {
  /** Any request to the HTTP API. */
  request(route: string, init?: RequestInit): Promise<Response>;
  /** Posts alerts as Alertmanager does, in one notification. */
  deliver(...alerts: object[]): Promise<Delivery>;
  /** Delivers one alert and gives the id that is answered. */
  accept(alert: AlertOptions): Promise<string>;
  show(id: string): Promise<ShownRemediation>;
  /** A page of the ledger, by a query string. */
  list(query: string): Promise<{ remediations: ShownRemediation[]; next?: string }>;
  /** Waits until a remediation is in one of these states. */
  reaches(id: string, states: string | readonly string[]): Promise<ShownRemediation>;
  /** Waits until the ledger has so many remediations of a pool and all of them are in one of these states. */
  allReach(pool: string, count: number, states: readonly string[]): Promise<ShownRemediation[]>;
};

/**
 * The HTTP calls of Alertmanager and of a reader of the ledger, each with its own token. `logs`: of the functions; each change of a
 * remediation leaves a line with its id there.
 */
export function createHttpClient(
  url: string,
  { webhookToken, consoleToken }: { webhookToken: string; consoleToken: string },
  logs: readonly { line: string }[],
): HttpClient {
  function request(route: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${url}${route}`, init);
  }

  async function deliver(...alerts: object[]): Promise<Delivery> {
    const response = await request('/alerts/alertmanager', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${webhookToken}` },
      body: JSON.stringify(notification(alerts)),
    });
    return { status: response.status, ...((await response.json()) as Omit<Delivery, 'status'>) };
  }

  async function read<Body>(route: string): Promise<Body> {
    const response = await request(route, { headers: { authorization: `Bearer ${consoleToken}` } });
    const text = await response.text();
    if (!response.ok) throw new Error(`GET ${route} answered ${response.status}: ${text}`);
    return JSON.parse(text) as Body;
  }

  const show: HttpClient['show'] = (id) => read(`/remediations/${encodeURIComponent(id)}`);
  const list: HttpClient['list'] = (query) => read(`/remediations?${query}`);

  return {
    request,
    deliver,
    show,
    list,

    async accept(options) {
      const { status, remediations, ignored } = await deliver(alert(options));
      const [remediation] = remediations;
      if (status !== 202 || !remediation)
        throw new Error(`not accepted: ${status} ${JSON.stringify(ignored)}`);
      return remediation.id;
    },

    async reaches(id, states) {
      const wanted = [states].flat();
      let last: ShownRemediation | undefined;
      return untilSign(
        linesWith(logs, id),
        async () => {
          // A command that came by the queue is not in the ledger at once.
          last = await show(id).catch(() => undefined);
          return last && wanted.includes(last.state) ? last : undefined;
        },
        () => `${id} is ${last?.state ?? 'not there'} and not ${wanted.join(' or ')}: ${last?.why}`,
      );
    },

    async allReach(pool, count, states) {
      let seen = '';
      return untilSign(
        linesWith(logs, '"correlationId"'),
        async () => {
          const { remediations } = await list(`pool=${pool}&limit=100&receipts=none`);
          const open = remediations.filter(({ state }) => !states.includes(state));
          const some = open.slice(0, 3).map(({ state, why }) => `${state} (${why})`);
          seen = `${remediations.length} of ${count} remediations; not ${states.join(' or ')}: ${some.join(', ')}`;
          const isAll = remediations.length === count && open.length === 0;
          return isAll ? (await list(`pool=${pool}&limit=100`)).remediations : undefined;
        },
        () => seen,
      );
    },
  };
}
