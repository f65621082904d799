import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { AlertmanagerNotification } from '#events/alertmanager';
import { alertmanagerAlerts } from '#lib/decision/alertmanager-alerts';

const events = path.resolve(import.meta.dirname, '../../events');
const samples = readdirSync(events).filter((file) => /^alert-.*\.json$/.test(file));

/** As Alertmanager 0.28 posts it, and as Grafana 11 does in its name. */
const fromAlertmanager = {
  receiver: 'poolkeeper',
  status: 'firing',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'NT_NPU_CARD_LOSE', instance: 'node-1', severity: 'critical' },
      annotations: { summary: 'NPU card lost' },
      startsAt: '2026-11-20T09:59:30.123456789Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
      fingerprint: '3fde20c3bd8fd1cb',
    },
    {
      status: 'resolved',
      labels: { alertname: 'NT_NPU_CARD_LOSE', instance: 'node-2' },
      annotations: {},
      startsAt: '2026-11-20T10:00:00+08:00',
      endsAt: '2026-11-20T10:05:00.5+08:00',
      generatorURL: '',
      fingerprint: '9a1b20c3bd8fd1cb',
    },
  ],
  groupLabels: { alertname: 'NT_NPU_CARD_LOSE' },
  commonLabels: { alertname: 'NT_NPU_CARD_LOSE' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  version: '4',
  groupKey: '{}:{alertname="NT_NPU_CARD_LOSE"}',
  truncatedAlerts: 0,
};
const fromGrafana = {
  ...fromAlertmanager,
  version: '1',
  orgId: 1,
  title: '[FIRING:1] NT_NPU_CARD_LOSE',
  state: 'alerting',
  message: '**Firing**',
  alerts: fromAlertmanager.alerts.map((alert) => ({
    ...alert,
    values: { B: 1 },
    valueString: "[ var='B' value=1 ]",
    silenceURL: 'https://grafana/alerting/silence/new',
    dashboardURL: '',
    panelURL: '',
  })),
};

describe('a notification', () => {
  test('has samples', () => {
    expect(samples.length).toBeGreaterThan(0);
  });

  test.each(samples)('is read: %s', (file) => {
    const payload = JSON.parse(readFileSync(path.join(events, file), 'utf8'));
    expect(alertmanagerAlerts(AlertmanagerNotification.parse(payload))).toHaveLength(payload.alerts.length);
  });

  test.each([
    ['Alertmanager', fromAlertmanager],
    ['Grafana', fromGrafana],
    ['a later version, with fields that nobody knows yet', { ...fromAlertmanager, notBefore: 1 }],
  ])('is read, times in UTC to the millisecond: from %s', (_, payload) => {
    expect(alertmanagerAlerts(AlertmanagerNotification.parse(payload))).toEqual([
      {
        source: 'alertmanager',
        status: 'firing',
        labels: { alertname: 'NT_NPU_CARD_LOSE', instance: 'node-1', severity: 'critical' },
        annotations: { summary: 'NPU card lost' },
        severity: 'critical',
        fingerprint: '3fde20c3bd8fd1cb',
        startsAt: '2026-11-20T09:59:30.123Z',
      },
      {
        source: 'alertmanager',
        status: 'resolved',
        labels: { alertname: 'NT_NPU_CARD_LOSE', instance: 'node-2' },
        annotations: {},
        severity: undefined,
        fingerprint: '9a1b20c3bd8fd1cb',
        startsAt: '2026-11-20T02:00:00.000Z',
        endsAt: '2026-11-20T02:05:00.500Z',
      },
    ]);
  });

  test.each([
    [{ version: '3' }, ['version']],
    [{ alerts: undefined }, ['alerts']],
    [{ alerts: [{}] }, ['alerts', 0]],
    [{ alerts: [{ ...fromAlertmanager.alerts[0], labels: { a: 1 } }] }, ['alerts', 0, 'labels', 'a']],
    [{ alerts: [{ ...fromAlertmanager.alerts[0], status: 'pending' }] }, ['alerts', 0, 'status']],
    [{ alerts: [{ ...fromAlertmanager.alerts[0], startsAt: 1_700_000_000 }] }, ['alerts', 0, 'startsAt']],
    [{ alerts: [{ ...fromAlertmanager.alerts[0], fingerprint: '' }] }, ['alerts', 0, 'fingerprint']],
  ])('is refused with the place of the fault: %j', (change, place) => {
    const { error } = AlertmanagerNotification.safeParse({ ...fromAlertmanager, ...change });
    expect(error?.issues[0]?.path.slice(0, place.length)).toEqual(place);
  });
});
