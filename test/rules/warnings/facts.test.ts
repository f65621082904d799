import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readKubernetesEvent } from '#lib/alerts/sources/events/kubernetes-event';
import { alertsOfPlannedEvents } from '#lib/alerts/sources/scheduled-events';
import { patienceMs } from '#lib/guards/evidence';
import { parseRules } from '#lib/rules/parse/parse';
import { PATIENCE_MS } from '#lib/rules/warnings/limits';
import { sourceFacts } from '#lib/rules/warnings/source-facts';
import { LOOK_AHEAD_MS } from '#lib/rules/warnings/windows';
import { windowAt } from '#lib/rules/window';
import { file } from './cases.ts';

const DAY_MS = 24 * 3_600_000;
const NOW = Date.parse('2026-11-20T10:00:00Z');

/** Whether the alerts of a source have only the labels and annotations that the facts list. */
function expectWithin(
  { labels = [], annotations = [], values, lacks }: (typeof sourceFacts)[keyof typeof sourceFacts],
  alerts: readonly { labels: object; annotations: object; severity?: unknown; event?: unknown }[],
): void {
  expect(alerts.length).toBeGreaterThan(0);
  for (const alert of alerts) {
    expect(labels).toEqual(expect.arrayContaining(Object.keys(alert.labels)));
    expect(annotations).toEqual(expect.arrayContaining(Object.keys(alert.annotations)));
    for (const [field, possible] of Object.entries(values)) {
      const value: unknown = Reflect.get(alert.labels, field.replace('labels.', ''));
      if (value !== undefined) expect(possible).toContain(value);
    }
    for (const field of lacks) expect(alert[field]).toBeUndefined();
  }
}

describe('the facts about a source agree with the code that reads it', () => {
  test('kubernetes', () => {
    const folder = new URL('../../../events/kubernetes/', import.meta.url);
    const alerts = readdirSync(folder).flatMap((name) => {
      const event: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
      const report = readKubernetesEvent(event, { source: 'kubernetes', labels: {} });
      return report.kind === 'alert' ? [report.alert] : [];
    });
    expectWithin(sourceFacts.kubernetes, alerts);
  });

  test('scheduled-event', () => {
    const event = {
      id: 'e-1',
      type: 'node_redeploy',
      nodeName: 'n-1',
      state: 'executing',
      catalog: 'c',
      instanceType: 'i',
      redeployType: ['HARD'],
      underLyingInstanceId: 'u',
      description: 'd',
      publishTime: '2026-11-20T09:00:00Z',
      notBefore: '2026-11-20T09:00:00Z',
      startTime: '2026-11-20T09:00:00Z',
      finishTime: '2026-11-20T09:00:00Z',
    };
    expectWithin(
      sourceFacts['scheduled-event'],
      alertsOfPlannedEvents({ items: [event], unreadable: [] }, 'pool-1', NOW).alerts,
    );
  });
});

test('a command waits as long as the warnings say', () => {
  const [window] = parseRules(
    file({ pool: 'windows: [{ start: "0 22 ? * * *", length: 1h }]' }),
    'r.yml',
  ).pools;
  expect(patienceMs({ windows: [] })).toBe(PATIENCE_MS.withoutWindows);
  expect(patienceMs(window ?? { windows: [] })).toBe(PATIENCE_MS.withWindows);
});

function opensIn(ms: number) {
  const at = new Date(NOW + ms);
  const start = `${at.getUTCMinutes()} ${at.getUTCHours()} ${at.getUTCDate()} ${at.getUTCMonth() + 1} ? *`;
  return windowAt([{ start, lengthMs: 3_600_000, timezone: 'UTC' }], NOW);
}

test('a window is waited for as long as the warnings say', () => {
  expect(LOOK_AHEAD_MS % DAY_MS).toBe(0);
  expect(opensIn(LOOK_AHEAD_MS)).toHaveProperty('opensAt');
  expect(opensIn(LOOK_AHEAD_MS + 60_000)).not.toHaveProperty('opensAt');
});
