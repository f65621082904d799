import { fingerprintOf } from '#lib/alerts/sources/fingerprint';
import type { InputFile } from '#local/replay/input/read-history';

export const START = '2026-11-20T10:00:00.000Z';
export const START_MS = Date.parse(START);
export const MINUTE_MS = 60_000;

/** One alert of a history. `minutes`: when it begins and ends. */
export type Sample = { node: string; from: number; to: number; alertname?: string };

/** The bodies of a webhook for these alerts, with a repetition every five minutes. */
export function webhookLines(samples: readonly Sample[]): InputFile {
  const lines = samples.flatMap(({ node, from, to, alertname = 'Lost' }) => {
    const labels = { alertname, instance: node };
    const startsAt = timeAt(from);
    const alert = { labels, annotations: {}, fingerprint: fingerprintOf(labels), startsAt };
    const line = (minute: number, more: object) => ({
      at: timeAt(minute),
      body: { version: '4', receiver: 'r', truncatedAlerts: 0, alerts: [{ ...alert, ...more }] },
    });
    const firing = Array.from({ length: Math.ceil((to - from) / 5) }, (_, index) =>
      line(from + 5 * index, { status: 'firing', endsAt: '0001-01-01T00:00:00Z' }),
    );
    return [...firing, line(to, { status: 'resolved', endsAt: timeAt(to) })];
  });
  return { name: 'hooks.jsonl', text: lines.map((line) => JSON.stringify(line)).join('\n') };
}

export function timeAt(minute: number): string {
  return new Date(START_MS + minute * MINUTE_MS).toISOString();
}
