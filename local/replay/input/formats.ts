import * as z from 'zod';
import { AlertmanagerBody } from '#events/alertmanager';
import { readAlertmanager } from '#lib/alerts/sources/alertmanager';
import { fingerprintOf } from '#lib/alerts/sources/fingerprint';
import type { ReceivedAlert } from '#lib/alerts/sources/source';
import type { Episode, HistoricDelivery, HistoricNode, RecordedRemediation } from '../history.ts';

/** A part of a history, as one document of the input has it. */
export type Part = {
  deliveries?: HistoricDelivery[];
  episodes?: Episode[];
  nodes?: HistoricNode[];
  recorded?: RecordedRemediation[];
  leftOut?: string[];
  isExcerpt?: boolean;
};

const Labels = z.record(z.string(), z.string());
const Time = z.iso.datetime({ offset: true });

/** A line of an export: a delivery as `GET /events` shows it. */
const ExportedEvent = z.looseObject({
  kind: z.enum(['delivery', 'event']),
  at: Time,
  source: z.string(),
  sender: z.string().optional(),
  alerts: z.array(
    z.looseObject({
      alert: z.string(),
      status: z.string(),
      startsAt: Time.optional(),
      labels: Labels.optional(),
    }),
  ),
});

/** A line of an export: a remediation as `GET /remediations` shows it. */
const ExportedRemediation = z.looseObject({
  kind: z.literal('remediation'),
  action: z.string(),
  state: z.string(),
  rule: z.string().optional(),
  nodes: z.array(z.string()).optional(),
  node: z.string().optional(),
});

/** A line with a node, as `GET /pools/{pool}/nodes` shows it. */
const ExportedNode = z.looseObject({
  kind: z.literal('node'),
  node: z.string(),
  pool: z.union([z.string(), z.looseObject({ id: z.string() }).transform(({ id }) => id)]).optional(),
  address: z.string().optional(),
  nodePool: z.string().optional(),
  flavor: z.string().optional(),
  supernode: z.string().optional().catch(undefined),
});

/** The answer of Prometheus to a range query of ALERTS. */
const RangeQuery = z.looseObject({
  status: z.literal('success'),
  data: z.looseObject({
    resultType: z.literal('matrix'),
    result: z.array(z.looseObject({ metric: Labels, values: z.array(z.tuple([z.number(), z.string()])) })),
  }),
});

/** The answer of Alertmanager to `GET /api/v2/alerts`. */
const ApiAlerts = z.array(
  z.looseObject({
    labels: Labels,
    annotations: Labels.optional(),
    startsAt: Time,
    endsAt: Time.optional(),
    updatedAt: Time,
    fingerprint: z.string().optional(),
    status: z.looseObject({ state: z.string() }),
  }),
);

/** A recorded request: the body of a webhook, or that with the time and the source. */
const Recorded = z.looseObject({
  at: Time,
  source: z.literal('alertmanager').default('alertmanager'),
  body: z.unknown(),
});

/** The first line of an export. `form`: the number of its form. */
const ExportHead = z.looseObject({ kind: z.literal('export'), form: z.literal(1) });

/** One reader for each format. Each gives a part, or undefined for a document of another format. */
export const readers: readonly ((document: unknown) => Part | undefined)[] = [
  readHead,
  readEvent,
  readRemediation,
  readNode,
  readRangeQuery,
  readApiAlerts,
  readRecorded,
  readBody,
];

function readEvent(document: unknown): Part | undefined {
  const { data } = ExportedEvent.safeParse(document);
  if (!data) return undefined;
  const { at, source, sender } = data;
  const leftOut: string[] = [];
  const alerts = data.alerts.flatMap(
    ({ alert: fingerprint, status, startsAt = at, labels = {} }): ReceivedAlert[] => {
      if (status !== 'firing' && status !== 'resolved') {
        leftOut.push('reports that are no readable alert');
        return [];
      }
      // The journal keeps no kind of event. The alarms of all sources carry it as their name, too.
      const event = source === 'alertmanager' ? undefined : labels['alertname'];
      const severity = labels['severity'];
      return [
        {
          source,
          status,
          fingerprint,
          startsAt,
          labels,
          annotations: {},
          ...(severity !== undefined && { severity }),
          ...(event !== undefined && { event }),
          ...(status === 'resolved' && { endsAt: at }),
        },
      ];
    },
  );
  return { deliveries: [{ atMs: Date.parse(at), source, sender, alerts }], leftOut, isExcerpt: true };
}

function readHead(document: unknown): Part | undefined {
  return ExportHead.safeParse(document).success ? {} : undefined;
}

function readRemediation(document: unknown): Part | undefined {
  const { data } = ExportedRemediation.safeParse(document);
  if (!data) return undefined;
  const { rule, action, state, nodes, node } = data;
  return { recorded: [{ rule, action, state, nodes: nodes ?? (node === undefined ? [] : [node]) }] };
}

function readNode(document: unknown): Part | undefined {
  const { data } = ExportedNode.safeParse(document);
  return data && { nodes: [{ ...data, name: data.node }] };
}

function readRangeQuery(document: unknown): Part | undefined {
  const { data: answer } = RangeQuery.safeParse(document);
  if (!answer) return undefined;
  const leftOut: string[] = [];
  const episodes = answer.data.result.flatMap(({ metric, values }): Episode[] => {
    const { __name__: _name, alertstate = 'firing', ...labels } = metric;
    if (alertstate !== 'firing') {
      leftOut.push('alerts that were pending');
      return [];
    }
    const { severity } = labels;
    const alert = {
      source: 'alertmanager',
      labels,
      annotations: {},
      fingerprint: fingerprintOf(labels),
      ...(severity !== undefined && { severity }),
    };
    return stretches(values.map(([seconds]) => seconds * 1000)).map((stretch) => ({ ...stretch, alert }));
  });
  return { episodes, leftOut };
}

/** The stretches of samples without a gap. A step more than the smallest is a gap. */
function stretches(timesMs: readonly number[]): { fromMs: number; toMs: number }[] {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const steps = sorted.slice(1).map((ms, index) => ms - (sorted[index] ?? ms));
  const step = Math.min(...steps.filter((ms) => ms > 0), 300_000);
  const found: { fromMs: number; toMs: number }[] = [];
  for (const ms of sorted) {
    const last = found.at(-1);
    if (last && ms <= last.toMs + step / 2) last.toMs = ms + step;
    else found.push({ fromMs: ms, toMs: ms + step });
  }
  return found;
}

function readApiAlerts(document: unknown): Part | undefined {
  const { data } = ApiAlerts.safeParse(document);
  if (!data || data.length === 0) return undefined;
  const episodes = data.map(
    ({ labels, annotations = {}, startsAt, endsAt, updatedAt, fingerprint }): Episode => {
      const { severity } = labels;
      // An alert that still fires has an end in the future, after which its Alertmanager would resolve it.
      const hasEnded = endsAt !== undefined && Date.parse(endsAt) <= Date.parse(updatedAt);
      return {
        fromMs: Date.parse(startsAt),
        ...(hasEnded && { toMs: Date.parse(endsAt) }),
        alert: {
          source: 'alertmanager',
          labels,
          annotations,
          fingerprint: fingerprint ?? fingerprintOf(labels),
          ...(severity !== undefined && { severity }),
        },
      };
    },
  );
  return { episodes };
}

function readRecorded(document: unknown): Part | undefined {
  const { data } = Recorded.safeParse(document);
  return data && bodyAt(data.body, Date.parse(data.at));
}

function readBody(document: unknown): Part | undefined {
  return bodyAt(document, undefined);
}

/** @param atMs absent: the newest time that the body has. */
function bodyAt(body: unknown, atMs: number | undefined): Part | undefined {
  const { data } = AlertmanagerBody.safeParse(body);
  if (!data || 'posted' in data) return undefined;
  const { alerts, unreadable } = readAlertmanager(data, atMs ?? 0);
  const times = alerts.map(({ status, startsAt, endsAt }) =>
    Date.parse(status === 'resolved' ? (endsAt ?? startsAt) : startsAt),
  );
  return {
    deliveries: [{ atMs: atMs ?? Math.max(...times), source: 'alertmanager', alerts }],
    leftOut: unreadable.map(() => 'alerts that cannot be read'),
  };
}
