import { expect, test } from 'vitest';
import { ReplayError, readHistory } from '#local/replay/input/read-history';
import { readNodeList } from '#local/replay/input/read-nodes';
import { MINUTE_MS, START, START_MS, timeAt, webhookLines } from './history.ts';

const EVERY_MS = 5 * MINUTE_MS;

function shortly(text: string) {
  return readHistory([{ name: 'input', text }], EVERY_MS).deliveries.map(({ atMs, source, alerts }) => ({
    minute: (atMs - START_MS) / MINUTE_MS,
    source,
    alerts: alerts.map(({ status, labels, startsAt }) => `${status} ${labels['instance']} ${startsAt}`),
  }));
}

test('bodies of a webhook come at their times', () => {
  expect(shortly(webhookLines([{ node: 'n1', from: 0, to: 8 }]).text)).toEqual([
    { minute: 0, source: 'alertmanager', alerts: [`firing n1 ${START}`] },
    { minute: 5, source: 'alertmanager', alerts: [`firing n1 ${START}`] },
    { minute: 8, source: 'alertmanager', alerts: [`resolved n1 ${START}`] },
  ]);
});

test('a body without a time comes at the newest time within', () => {
  const [, , { body }] = webhookLines([{ node: 'n1', from: 0, to: 8 }])
    .text.split('\n')
    .map((line) => JSON.parse(line));
  expect(shortly(JSON.stringify(body)).map(({ minute }) => minute)).toEqual([8]);
});

test('a range query of ALERTS becomes episodes with gaps between them', () => {
  const values = [0, 1, 2, 20, 21].map((minute) => [START_MS / 1000 + 60 * minute, '1']);
  const metric = { __name__: 'ALERTS', alertname: 'Lost', alertstate: 'firing', instance: 'n1' };
  const pending = { metric: { ...metric, alertstate: 'pending' }, values };
  const text = JSON.stringify({
    status: 'success',
    data: { resultType: 'matrix', result: [{ metric, values }, pending] },
  });
  const history = readHistory([{ name: 'prometheus.json', text }], EVERY_MS);
  expect(shortly(text)).toEqual([
    { minute: 0.5, source: 'alertmanager', alerts: [`firing n1 ${START}`] },
    { minute: 3.5, source: 'alertmanager', alerts: [`resolved n1 ${START}`] },
    { minute: 20.5, source: 'alertmanager', alerts: [`firing n1 ${timeAt(20)}`] },
    { minute: 22.5, source: 'alertmanager', alerts: [`resolved n1 ${timeAt(20)}`] },
  ]);
  expect([...history.leftOut]).toEqual([['alerts that were pending', 1]]);
  expect(history.isInterpolated).toBe(true);
});

function apiAlert(instance: string, endsAt: string) {
  return {
    labels: { alertname: 'Lost', instance },
    startsAt: START,
    endsAt,
    updatedAt: timeAt(12),
    status: { state: 'active' },
  };
}

test('alerts of Alertmanager: one that still fires does not resolve', () => {
  const text = JSON.stringify([apiAlert('n1', timeAt(7)), apiAlert('n2', timeAt(16))]);
  const said = shortly(text).flatMap(({ minute, alerts }) =>
    alerts.map((one) => `${minute} ${one.split(' ', 2).join(' ')}`),
  );
  expect(said).toEqual([
    '0.5 firing n1',
    '0.5 firing n2',
    '5.5 firing n1',
    '5.5 firing n2',
    '7.5 resolved n1',
  ]);
});

test('an export has deliveries, remediations and nodes; reports that are no alert are left out', () => {
  const lines = [
    { kind: 'export', form: 1, since: START, until: START, pools: [] },
    {
      kind: 'delivery',
      delivery: 'd1',
      at: START,
      source: 'smn',
      bytes: 9,
      status: 202,
      alerts: [
        {
          alert: 'f1',
          status: 'firing',
          startsAt: START,
          labels: { alertname: 'NPUSMICardNotFound', private_ip: '10.0.0.7' },
        },
        { alert: 'alerts[1]', status: 'unreadable', ignored: 'it cannot be read' },
      ],
    },
    { kind: 'remediation', id: 'r1', action: 'reset-nodes', state: 'succeeded', rule: 'lost', nodes: ['n1'] },
    { kind: 'node', node: 'n1', pool: 'train-a', address: '10.0.0.7', phase: 'Available' },
  ];
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const history = readHistory([{ name: 'export.jsonl', text }], EVERY_MS);
  expect(history.deliveries).toMatchObject([
    {
      atMs: START_MS,
      source: 'smn',
      alerts: [{ fingerprint: 'f1', event: 'NPUSMICardNotFound', status: 'firing' }],
    },
  ]);
  expect(history.recorded).toEqual([
    { rule: 'lost', action: 'reset-nodes', state: 'succeeded', nodes: ['n1'] },
  ]);
  expect(history.nodes).toMatchObject([{ name: 'n1', pool: 'train-a', address: '10.0.0.7' }]);
  expect(history.isExcerpt).toBe(true);
  expect([...history.leftOut]).toEqual([['reports that are no readable alert', 1]]);
});

test.each([
  ['{"a":1}', /^input: has none of the known formats\. The known formats are:\n {2}lines of/],
  ['{"a":1}\n{"kind":"event"}\n', /^input:1: has none/],
  ['{"kind":"remediation","action":"notify","state":"failed"}\nnot json\n', /^input:2: is not JSON/],
  ['{"kind":"node","node":"n1"}', /^input: there is no alert in it/],
])('other input is refused with its place and the known formats: %s', (text, message) => {
  expect(() => readHistory([{ name: 'input', text }], EVERY_MS)).toThrow(ReplayError);
  expect(() => readHistory([{ name: 'input', text }], EVERY_MS)).toThrow(message);
});

test.each([
  [
    ['n1', 'n2'],
    [{ name: 'n1' }, { name: 'n2' }],
  ],
  [
    { pool: 'train-a', nodes: [{ node: 'n1', address: '10.0.0.7' }] },
    [{ name: 'n1', pool: 'train-a', address: '10.0.0.7' }],
  ],
  [
    {
      items: [
        {
          metadata: { name: 'n1', labels: { 'os.modelarts.node/nodepoolname': 'np-1' } },
          status: { privateIp: '10.0.0.7' },
        },
      ],
    },
    [{ name: 'n1', address: '10.0.0.7', nodePool: 'np-1' }],
  ],
])('a list of nodes may be names, or an answer of Poolkeeper or of the API: %#', (value, nodes) => {
  expect(readNodeList(JSON.stringify(value), 'nodes.json')).toMatchObject(nodes);
});
