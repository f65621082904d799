import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { AlertmanagerBody } from '#events/alertmanager';
import { readAlertmanager } from '#lib/alerts/sources/alertmanager';
import { fingerprintOf } from '#lib/alerts/sources/fingerprint';

const events = path.resolve(import.meta.dirname, '../../events/alerts');
const samples = readdirSync(events).filter((file) => file.endsWith('.json'));

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
    const { alerts, unreadable } = delivered(payload);
    expect(alerts).toHaveLength((payload.alerts ?? payload).length);
    expect(unreadable).toEqual([]);
  });

  test.each([
    ['Alertmanager', fromAlertmanager],
    ['Grafana', fromGrafana],
    ['a later version, with fields that are not known yet', { ...fromAlertmanager, notBefore: 1 }],
  ])('is read, times in UTC to the millisecond: from %s', (_, payload) => {
    expect(delivered(payload).alerts).toEqual([
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

  /** Fields that other versions write in another way than Alertmanager 0.28. */
  const { fingerprint: _none, ...unnamed } = fromAlertmanager.alerts[0]!;
  test.each([
    [
      'Alertmanager 0.5: a number for a key, no fingerprint',
      { groupKey: 4_590_439_436_284_731_000, alerts: [unnamed] },
    ],
    [
      'Alertmanager 0.18: no fingerprint, nothing truncated',
      { truncatedAlerts: undefined, alerts: [unnamed] },
    ],
    [
      'Alertmanager 0.22: generatorURL empty',
      { alerts: [{ ...unnamed, generatorURL: '', fingerprint: 'f' }] },
    ],
    [
      'Grafana 8: values in a text',
      {
        version: '1',
        orgId: 1,
        title: 't',
        state: 'alerting',
        alerts: [{ ...unnamed, valueString: '[]', fingerprint: 'f' }],
      },
    ],
    [
      'Grafana 12: values, an image, and null where it has none',
      {
        version: '1',
        alerts: [{ ...unnamed, values: null, imageURL: null, annotations: null, fingerprint: 'f' }],
      },
    ],
    [
      'Mimir and Thanos Ruler, through an Alertmanager: labels of theirs',
      { externalURL: '', receiver: 'tenant-1/poolkeeper' },
    ],
    [
      'vmalert, through an Alertmanager: an end in the future while it fires',
      { alerts: [{ ...unnamed, endsAt: '2026-11-20T10:03:30.123456789Z', fingerprint: 'f' }] },
    ],
  ])('is read as it comes from %s', (_, change) => {
    const { alerts, unreadable } = delivered({ ...fromAlertmanager, ...change });
    expect(unreadable).toEqual([]);
    expect(alerts[0]).toMatchObject({
      status: 'firing',
      labels: unnamed.labels,
      startsAt: '2026-11-20T09:59:30.123Z',
    });
  });

  test.each([
    [{ version: '3' }, ['version'], '"4", as Alertmanager sends it'],
    [{ version: '' }, ['version'], 'must be "4"'],
    [{ alerts: undefined }, ['alerts'], 'must be a list of alerts'],
    [{ alerts: {} }, ['alerts'], 'must be a list of alerts'],
  ])('is refused where its envelope is not one: %j', (change, place, message) => {
    const { error } = AlertmanagerBody.safeParse({ ...fromAlertmanager, ...change });
    expect(error?.issues).toMatchObject([{ path: place, message: expect.stringContaining(message) }]);
  });

  test.each([7, 'text', null])('that is neither an object nor a list, %j, is refused', (body) => {
    const { error } = AlertmanagerBody.safeParse(body);
    expect(error?.issues[0]?.message).toContain('or a list of alerts as Prometheus posts it');
  });

  test.each([
    ['the version as a number', { version: 4 }],
    ['no version, as relays send it', { version: undefined }],
    ['null for the version', { version: null }],
    ["Grafana's version as a number", { version: 1 }],
    [
      'null for what is optional',
      { truncatedAlerts: null, groupKey: null, receiver: null, externalURL: null },
    ],
    ['unexpected values there', { truncatedAlerts: 'many', groupKey: 17, receiver: {}, status: 7 }],
  ])('is read with %s', (_, change) => {
    expect(delivered({ ...fromAlertmanager, ...change }).alerts).toHaveLength(2);
  });

  test.each([
    [37, 37],
    ['37', 37],
    [null, 0],
    [-1, 0],
    [0.5, 0],
    [undefined, 0],
  ])('says how many alerts were left out: %j', (truncatedAlerts, expected) => {
    expect(delivered({ ...fromAlertmanager, truncatedAlerts }).truncated).toBe(expected);
  });
});

const [firing, resolved] = fromAlertmanager.alerts;
const readOne = (alert: unknown) => delivered({ ...fromAlertmanager, alerts: [alert] });

describe('an alert', () => {
  const nine = Array.from({ length: 9 }, (_, index) => ({ ...firing, fingerprint: `f${index}` }));

  test.each([
    ['a time without T', { startsAt: '2026-11-29 02:00:00' }, 'startsAt: must be a time such as'],
    ['a time as a number', { startsAt: 1_700_000_000 }, 'startsAt: must be a time such as'],
    [
      'a time after the year 9999 in UTC',
      { startsAt: '9999-12-31T23:59:59-23:59' },
      'between the years 1970',
    ],
    ['a time before the year 0 in UTC', { startsAt: '0000-01-01T00:00:00+23:59' }, 'between the years 1970'],
    ['no beginning', { startsAt: null }, 'startsAt: must be a time such as'],
    ['no status', { status: undefined }, 'status: must be "firing" or "resolved"'],
    ['an unknown status', { status: 'pending' }, 'status: must be "firing" or "resolved"'],
    ['labels that are text', { labels: 'instance=node-1' }, 'labels: must be an object of names and texts'],
    ['labels that are a list', { labels: ['node-1'] }, 'labels: must be an object of names and texts'],
    ['no labels', { labels: null }, 'labels: must be an object of names and texts'],
    ['a label that is nested too deep', { labels: { a: deep(5_000) } }, 'labels.a: is nested more than'],
    [
      'a fingerprint that is too long',
      { fingerprint: 'f'.repeat(201) },
      'fingerprint: must have at most 200 bytes',
    ],
  ])('with %s is named with the reason, and its nine neighbours are taken', (_, change, why) => {
    const { alerts, unreadable } = delivered({
      ...fromAlertmanager,
      alerts: [...nine, { ...firing, fingerprint: 'bad-one', ...change }],
    });
    expect(alerts.map(({ fingerprint }) => fingerprint)).toEqual(nine.map(({ fingerprint }) => fingerprint));
    expect(unreadable).toEqual([
      { alert: expect.stringMatching(/^(bad-one|f+…)$/), why: expect.stringContaining(why) },
    ]);
  });

  test.each([null, 7, 'text', [], {}, [firing]].map((alert) => [JSON.stringify(alert), alert]))(
    'that is none, %s, is named by its place',
    (_, alert) => {
      expect(readOne(alert)).toMatchObject({ alerts: [], unreadable: [{ alert: 'alerts[0]' }] });
    },
  );

  test('whose sender does not know when it began is taken', () => {
    const { alerts, unreadable } = readOne({ ...firing, startsAt: '0001-01-01T00:00:00Z' });
    expect(unreadable).toEqual([]);
    expect(alerts).toMatchObject([{ status: 'firing', startsAt: '0001-01-01T00:00:00.000Z' }]);
  });

  test('is read where null stands for what is absent', () => {
    const sparse = { ...firing, annotations: null, generatorURL: null, endsAt: null, fingerprint: null };
    const { alerts, unreadable } = readOne({ ...sparse, labels: { ...firing!.labels, rack: null } });
    expect(unreadable).toEqual([]);
    expect(alerts).toMatchObject([{ status: 'firing', labels: firing!.labels, annotations: {} }]);
    expect(alerts[0]).not.toHaveProperty('endsAt');
  });

  test('has its labels as texts, even if they were of other types', () => {
    const labels = { text: 'a', number: 7, fraction: 0.5, truth: true, list: [1, 2], nothing: null };
    expect(readOne({ ...firing, labels }).alerts[0]?.labels).toEqual({
      text: 'a',
      number: '7',
      fraction: '0.5',
      truth: 'true',
      list: '[1,2]',
    });
  });

  test('is read without annotations that cannot be read', () => {
    for (const annotations of ['text', [], { deep: deep(5_000) }]) {
      expect(readOne({ ...firing, annotations }).alerts[0]?.annotations).toEqual({});
    }
  });

  test.each([undefined, null, ''])('without a fingerprint (%j) is known by its labels', (fingerprint) => {
    const { alerts } = readOne({ ...firing, fingerprint });
    expect(alerts[0]?.fingerprint).toBe(fingerprintOf(firing!.labels));
    const otherOrder = Object.fromEntries(Object.entries(firing!.labels).reverse());
    expect(readOne({ ...firing, labels: otherOrder, fingerprint }).alerts[0]).toEqual(alerts[0]);
  });

  test('has a severity only of its own', () => {
    expect(readOne({ ...firing, labels: {} }).alerts[0]?.severity).toBeUndefined();
  });
});

describe('a resolution is taken', () => {
  const now = '2026-11-20T12:00:00.000Z';

  test.each([
    ['without an end', { endsAt: null }, undefined],
    ['with an end that is no time', { endsAt: 'soon' }, undefined],
    ['with an end that no clock shows', { endsAt: '9999-12-31T23:59:59-23:59' }, undefined],
    ['without labels', { labels: null }, '2026-11-20T02:05:00.500Z'],
    ['with labels that cannot be read', { labels: { a: deep(5_000) } }, '2026-11-20T02:05:00.500Z'],
  ])('%s', (_, change, endsAt) => {
    const { alerts, unreadable } = readOne({ ...resolved, ...change });
    expect(unreadable).toEqual([]);
    expect(alerts).toMatchObject([{ status: 'resolved', fingerprint: resolved!.fingerprint }]);
    expect(alerts[0]?.endsAt).toBe(endsAt);
  });

  test.each([
    [{ startsAt: null }, '2026-11-20T02:05:00.500Z'],
    [{ startsAt: '9999-12-31T23:59:59-23:59' }, '2026-11-20T02:05:00.500Z'],
    [{ startsAt: 'then', endsAt: null }, now],
  ])('with a beginning that cannot be read: %j', (change, startsAt) => {
    expect(readOne({ ...resolved, ...change }).alerts).toMatchObject([{ status: 'resolved', startsAt }]);
  });

  test('but not without both fingerprint and labels: it names nothing', () => {
    expect(readOne({ status: 'resolved', startsAt: now }).unreadable).toMatchObject([
      { why: expect.stringContaining('labels: must be there where there is no fingerprint') },
    ]);
  });
});

const hex = (value: bigint) => value.toString(16).padStart(16, '0');

/** The values of Alertmanager's own tests: prometheus/common, model/signature_test.go. */
test('a fingerprint is the one that Alertmanager gives', () => {
  expect(fingerprintOf({})).toBe(hex(14695981039346656037n));
  expect(fingerprintOf({ name: 'garland, briggs', fear: 'love is not enough' })).toBe(
    hex(5799056148416392346n),
  );
});

function delivered(payload: unknown) {
  return readAlertmanager(AlertmanagerBody.parse(payload), Date.parse('2026-11-20T12:00:00Z'));
}

function deep(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
