import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AlertmanagerBody } from '#events/alertmanager';
import { readAlertmanager } from '#lib/alerts/sources/alertmanager';
import { fingerprintOf } from '#lib/alerts/sources/fingerprint';

const now = Date.parse('2026-11-20T12:00:00Z');
const labels = { alertname: 'NT_NPU_CARD_LOSE', instance: 'node-1', severity: 'critical' };
const fires = { labels, annotations: { summary: 's' }, startsAt: '2026-11-20T11:00:00.123456789Z' };

const read = (body: unknown) => readAlertmanager(AlertmanagerBody.parse(body), now);

const expected = {
  source: 'alertmanager',
  status: 'firing',
  labels,
  annotations: { summary: 's' },
  severity: 'critical',
  fingerprint: fingerprintOf(labels),
  startsAt: '2026-11-20T11:00:00.123Z',
};

describe('a bare list of alerts, as posted to an Alertmanager', () => {
  test.each([
    [
      'Prometheus 2 and 3, and the ruler of Mimir',
      {
        ...fires,
        endsAt: '2026-11-20T12:04:00.000Z',
        generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
      },
      { endsAt: '2026-11-20T12:04:00.000Z' },
    ],
    [
      'vmalert: an end in the future, to the nanosecond',
      { ...fires, endsAt: '2026-11-20T12:03:30.123456789Z', generatorURL: '' },
      { endsAt: '2026-11-20T12:03:30.123Z' },
    ],
    ['vmalert, without an end', fires, {}],
    ['Thanos Ruler by the first API: an unset end', { ...fires, endsAt: '0001-01-01T00:00:00Z' }, {}],
    ['Thanos Ruler: an unset end, to the millisecond', { ...fires, endsAt: '0001-01-01T00:00:00.000Z' }, {}],
    ['amtool: null for what is absent', { ...fires, endsAt: null, generatorURL: null }, {}],
  ])('is read as it comes from %s', (_, alert, end) => {
    expect(read([alert])).toEqual({
      source: 'alertmanager',
      bytes: 0,
      truncated: 0,
      alerts: [{ ...expected, ...end }],
      unreadable: [],
    });
  });

  test('has resolved what ended before now', () => {
    const { alerts } = read([{ ...fires, endsAt: '2026-11-20T11:59:59Z' }]);
    expect(alerts).toEqual([{ ...expected, status: 'resolved', endsAt: '2026-11-20T11:59:59.000Z' }]);
  });

  test('fires exactly while its end lies in the future', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (offsetMs) => {
        const [alert] = read([{ ...fires, endsAt: new Date(now + offsetMs).toISOString() }]).alerts;
        expect(alert?.status).toBe(offsetMs > 0 ? 'firing' : 'resolved');
      }),
    );
  });

  test('keeps the status of an alert that says that it has resolved, and no other', () => {
    expect(read([{ ...fires, status: 'resolved' }]).alerts).toMatchObject([{ status: 'resolved' }]);
    expect(read([{ ...fires, status: { state: 'active' } }]).alerts).toMatchObject([{ status: 'firing' }]);
    const over = { ...fires, status: 'firing', endsAt: '2026-11-20T11:59:59Z' };
    expect(read([over]).alerts).toMatchObject([{ status: 'resolved' }]);
  });

  test.each([undefined, null, '0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'])(
    'may leave out when an alert began: %j',
    (startsAt) => {
      expect(read([{ ...fires, startsAt }]).alerts).toMatchObject([
        { status: 'firing', startsAt: '0001-01-01T00:00:00.000Z' },
      ]);
    },
  );

  test('counts labels without a value as absent, as an Alertmanager does', () => {
    expect(read([{ ...fires, labels: { ...labels, rack: '' } }]).alerts).toEqual([expected]);
  });

  test.each([
    ['an end that is no time', { ...fires, endsAt: 'soon' }, 'endsAt: must be a time such as'],
    ['no labels', { ...fires, labels: undefined }, 'labels: must be an object of names and texts'],
    ['a beginning that is no time', { ...fires, startsAt: 'then' }, 'startsAt: must be a time such as'],
    ['a number for an alert', 7, 'an alert must be an object'],
    ['a list for an alert', [], 'an alert must be an object'],
  ])('names an alert with %s, and reads its neighbours', (_, bad, why) => {
    const { alerts, unreadable } = read([fires, bad, fires]);
    expect(alerts).toHaveLength(2);
    expect(unreadable).toEqual([{ alert: 'alerts[1]', why: expect.stringContaining(why) }]);
  });

  test('may be empty', () => {
    expect(read([])).toMatchObject({ alerts: [], unreadable: [] });
  });

  test('is the same alert as in the notification of an Alertmanager', () => {
    const notified = { ...fires, status: 'firing', fingerprint: fingerprintOf(labels) };
    expect(read({ version: '4', alerts: [notified] }).alerts).toEqual(read([fires]).alerts);
  });
});
