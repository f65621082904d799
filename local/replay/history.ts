import type { ReceivedAlert } from '#lib/alerts/sources/source';

/** Alerts of one source that came together. */
export type HistoricDelivery = {
  atMs: number;
  source: string;
  sender?: string | undefined;
  alerts: ReceivedAlert[];
};

/** A node that the input names by itself, with its pool if the input says it. */
export type HistoricNode = {
  name: string;
  pool?: string | undefined;
  address?: string | undefined;
  nodePool?: string | undefined;
  flavor?: string | undefined;
  supernode?: string | undefined;
};

/** A remediation of the system that made an export. */
export type RecordedRemediation = {
  rule: string | undefined;
  action: string;
  state: string;
  nodes: readonly string[];
};

/** The contents of the input, in the order of time. */
export type History = {
  deliveries: readonly HistoricDelivery[];
  nodes: readonly HistoricNode[];
  recorded: readonly RecordedRemediation[];
  /** Entries that cannot be replayed, by the reason. */
  leftOut: ReadonlyMap<string, number>;
  /** Whether some labels may be excerpts, and annotations are missing, as in an export. */
  isExcerpt: boolean;
  /** Whether times between the beginning and the end of alerts had to be assumed. */
  isInterpolated: boolean;
};

/** One period of a firing alert, from a source without deliveries. `toMs` absent: it still fired at the end of the input. */
export type Episode = {
  fromMs: number;
  toMs?: number | undefined;
  alert: Pick<ReceivedAlert, 'source' | 'labels' | 'annotations' | 'fingerprint' | 'severity'>;
};

const GROUP_WAIT_MS = 30_000;

/**
 * The deliveries that an Alertmanager would make of these episodes: at the beginning, then at each interval while the alert fires, and at
 * its end. Deliveries of the same second are one.
 */
export function deliveriesOf(episodes: readonly Episode[], repeatMs: number): HistoricDelivery[] {
  const lastMs = Math.max(0, ...episodes.map(({ fromMs, toMs = 0 }) => Math.max(fromMs, toMs)));
  const due = new Map<number, HistoricDelivery>();
  const add = (ms: number, alert: ReceivedAlert) => {
    const atMs = Math.ceil(ms / 1000) * 1000;
    const known = due.get(atMs) ?? { atMs, source: 'alertmanager', alerts: [] };
    known.alerts.push(alert);
    due.set(atMs, known);
  };
  for (const { fromMs, toMs, alert } of episodes) {
    const startsAt = new Date(fromMs).toISOString();
    const endMs = toMs ?? Math.max(lastMs, fromMs + 1);
    const firing: ReceivedAlert = { ...alert, status: 'firing', startsAt };
    for (let atMs = fromMs + GROUP_WAIT_MS; atMs < endMs + GROUP_WAIT_MS; atMs += repeatMs) add(atMs, firing);
    if (toMs !== undefined)
      add(toMs + GROUP_WAIT_MS, { ...firing, status: 'resolved', endsAt: new Date(toMs).toISOString() });
  }
  return [...due.values()];
}
