import { fingerprintOf } from '#lib/alerts/sources/fingerprint';
import { createChance } from '#local/rehearsal/engine/chance';
import type { InputFile } from './input/read-history.ts';

/** The kinds of alerts in a sample, with their share and the median of their length in minutes. */
const KINDS = [
  { alertname: 'NT_NPU_CARD_LOSE', severity: 'critical', share: 0.12, minutes: 240 },
  { alertname: 'NT_NPU_OTHER', severity: 'warning', share: 0.3, minutes: 600 },
  { alertname: 'NT_NPU_OPTICAL', severity: 'warning', share: 0.38, minutes: 420 },
  { alertname: 'NodeDiskPressure', severity: 'warning', share: 0.2, minutes: 90 },
];

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export type SampleOptions = {
  nodes: number;
  days: number;
  episodesPerDay: number;
  everyMinutes: number;
  seed: number;
};

/** A month of 500 nodes. */
export const MONTH: SampleOptions = { nodes: 500, days: 30, episodesPerDay: 45, everyMinutes: 5, seed: 1 };

/**
 * A made-up history as the bodies of a webhook, one in a line: single faults, some nodes that fail again and again, and now and then a
 * rack with several nodes that report at once. The same seed gives the same history.
 */
export function sampleHistory({ nodes, days, episodesPerDay, everyMinutes, seed }: SampleOptions): InputFile {
  const chance = createChance(seed);
  const startMs = Date.parse('2026-10-01T00:00:00Z');
  const due = new Map<number, object[]>();
  const add = (atMs: number, alert: object) => {
    const minute = Math.round(atMs / MINUTE_MS) * MINUTE_MS;
    due.set(minute, [...(due.get(minute) ?? []), alert]);
  };
  for (let number = 0; number < days * episodesPerDay; number += 1) {
    const key = `episode/${number}`;
    const kind = kindOf(chance.draw(`${key}/kind`));
    // A tenth of the nodes has half of the faults.
    const isWeak = chance.happens(0.5, `${key}/weak`);
    const first = chance.between(1, isWeak ? Math.ceil(nodes / 10) : nodes, `${key}/node`);
    const isRack = chance.happens(0.01, `${key}/rack`);
    const fromMs = startMs + chance.draw(`${key}/at`) * days * DAY_MS;
    const lasts = Math.max(2, kind.minutes * 4 ** (chance.draw(`${key}/lasts`) - 0.5)) * MINUTE_MS;
    for (let other = 0; other < (isRack ? 12 : 1); other += 1) {
      const node = `node-${String(((first + other - 1) % nodes) + 1).padStart(4, '0')}`;
      const labels = { alertname: kind.alertname, instance: node, severity: kind.severity };
      const alert = {
        labels,
        annotations: {},
        fingerprint: fingerprintOf(labels),
        startsAt: new Date(fromMs).toISOString(),
      };
      const untilMs = Math.min(fromMs + lasts, startMs + days * DAY_MS);
      for (let atMs = fromMs; atMs < untilMs; atMs += everyMinutes * MINUTE_MS)
        add(atMs, { ...alert, status: 'firing', endsAt: '0001-01-01T00:00:00Z' });
      add(untilMs, { ...alert, status: 'resolved', endsAt: new Date(untilMs).toISOString() });
    }
  }
  const lines = [...due]
    .sort(([a], [b]) => a - b)
    .map(([atMs, alerts]) => {
      const body = {
        version: '4',
        status: 'firing',
        receiver: 'poolkeeper',
        groupLabels: {},
        commonLabels: {},
        commonAnnotations: {},
        externalURL: '',
        groupKey: '{}',
        truncatedAlerts: 0,
        alerts,
      };
      return JSON.stringify({ at: new Date(atMs).toISOString(), body });
    });
  return { name: 'the sample', text: `${lines.join('\n')}\n` };
}

function kindOf(draw: number): (typeof KINDS)[number] {
  let left = draw;
  for (const kind of KINDS) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  return { alertname: 'NodeDiskPressure', severity: 'warning', share: 0, minutes: 90 };
}
