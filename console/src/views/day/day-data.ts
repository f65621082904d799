import type { Delivery, Remediation } from '../../types.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const BIN_MS = 15 * 60_000;

/** The actions whose calls take nodes out of service. */
const DISRUPTIVE: readonly string[] = ['reset-nodes', 'migrate-nodes', 'delete-node-pool'];

export type Moment = {
  atMs: number;
  kind: 'alert' | 'decision' | 'call';
  text: string;
  href: 'remediation' | 'why';
  to: string;
};

/** The moments of one pool: alerts that came, decisions about them, and calls to ModelArts. Oldest first. */
export function momentsOf(
  pool: string | undefined,
  events: readonly Delivery[],
  remediations: readonly Remediation[],
): Moment[] {
  const alerts = events.flatMap(({ at, alerts: list = [] }) =>
    list
      .filter((alert) => alert.pool === pool)
      .map((alert): Moment => {
        const name = alert.labels?.['alertname'] ?? alert.alert;
        const effect = alert.ignored === undefined ? '' : `, without effect: ${alert.ignored}`;
        const node = alert.named?.[0];
        return {
          atMs: Date.parse(at),
          kind: 'alert',
          text: `${name} ${alert.status ?? ''}${node === undefined ? '' : ` for ${node}`}${effect}`,
          href: 'why',
          to: alert.alert,
        };
      }),
  );
  const own = remediations.filter((one) => one.pool === pool);
  const decisions = own.map(
    (one): Moment => ({
      atMs: Date.parse(one.createdAt),
      kind: 'decision',
      text: `${one.action} of ${nameOf(one)}: now ${one.state}`,
      href: 'remediation',
      to: one.id,
    }),
  );
  const calls = own.flatMap((one) =>
    callsOf(one).map(
      ({ atMs, outcome }): Moment => ({
        atMs,
        kind: 'call',
        text: `${one.action} of ${nameOf(one)} sent: ${outcome}`,
        href: 'remediation',
        to: one.id,
      }),
    ),
  );
  return [...alerts, ...decisions, ...calls].toSorted((a, b) => a.atMs - b.atMs);
}

function nameOf({ nodes, nodePool, node }: Remediation): string {
  const [first, ...others] = nodes ?? [];
  if (first !== undefined) return others.length === 0 ? first : `${first} and ${others.length} more`;
  return nodePool ?? node ?? 'an unknown target';
}

function callsOf({ receipts }: Remediation): { atMs: number; outcome: string }[] {
  return receipts
    .filter((receipt) => receipt.step === 'call')
    .map(({ at, outcome }) => ({ atMs: Date.parse(at), outcome }));
}

/** How many moments of each kind fall into each quarter of an hour. */
export function binned(
  moments: readonly Moment[],
  fromMs: number,
): Readonly<Record<Moment['kind'], readonly number[]>> {
  const bins = { alert: emptyBins(), decision: emptyBins(), call: emptyBins() };
  for (const { atMs, kind } of moments) {
    const index = Math.floor((atMs - fromMs) / BIN_MS);
    const list = bins[kind];
    const count = list[index];
    if (count !== undefined) list[index] = count + 1;
  }
  return bins;
}

function emptyBins(): number[] {
  return Array.from({ length: DAY_MS / BIN_MS }, () => 0);
}

/** The number of nodes that Poolkeeper had out of service, as steps: a time and the number from then on. */
export type Curve = { atMs: readonly number[]; out: readonly number[] };

/**
 * How many nodes of a pool Poolkeeper had out of service. A node goes out with an accepted call, or one without an answer, and comes
 * back when its remediation ends.
 */
export function curveOf(
  pool: string,
  remediations: readonly Remediation[],
  fromMs: number,
  nowMs: number,
): Curve {
  const steps = remediations
    .filter((one) => one.pool === pool && DISRUPTIVE.includes(one.action))
    .flatMap((one) => {
      const call = callsOf(one).find(({ outcome }) => outcome !== 'refused');
      if (!call) return [];
      const nodes = one.nodes?.length ?? 1;
      const isOver = !['submitting', 'running', 'verifying'].includes(one.state);
      const endMs = isOver ? Date.parse(one.stateSince ?? one.updatedAt) : Number.POSITIVE_INFINITY;
      return [
        { atMs: call.atMs, by: nodes },
        { atMs: endMs, by: -nodes },
      ];
    })
    .toSorted((a, b) => a.atMs - b.atMs);
  const before = steps.filter(({ atMs }) => atMs <= fromMs).reduce((sum, { by }) => sum + by, 0);
  const atMs = [fromMs];
  const out = [before];
  let count = before;
  for (const step of steps.filter((one) => one.atMs > fromMs && one.atMs < nowMs)) {
    count += step.by;
    if (atMs.at(-1) === step.atMs) out[out.length - 1] = count;
    else {
      atMs.push(step.atMs);
      out.push(count);
    }
  }
  return { atMs: [...atMs, nowMs], out: [...out, count] };
}

/** The highest number of a curve, and when it began. */
export function peakOf({ atMs, out }: Curve): { count: number; atMs: number } {
  const count = Math.max(0, ...out);
  return { count, atMs: atMs[out.indexOf(count)] ?? 0 };
}
