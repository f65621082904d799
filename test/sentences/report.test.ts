import { describe, expect, test } from 'vitest';
import { listed, sentence } from '#lib/sentences/english';
import { planText } from '#lib/sentences/plan-text';
import { reportOf, reportText } from '#lib/sentences/report';
import { spanText, timeIn } from '#lib/sentences/time';

const remediation = {
  id: 'r1',
  action: 'reset-nodes' as const,
  pool: 'pool-9d3f',
  parameters: {},
  rule: 'npu-card-lost',
  mode: 'act' as const,
  reason: { source: 'alertmanager' },
  alerts: [{ fingerprint: 'f1', startsAt: '2026-11-20T10:00:00.000Z' }],
  createdAt: '2026-11-20T10:00:05.000Z',
  updatedAt: '2026-11-20T10:06:17.000Z',
  jobId: 'job-1',
  why: 'the node is Available, and its driver Running (24.1.0.3)',
  state: 'succeeded' as const,
  nodes: ['os-node-created-lv29s'],
  receipts: [
    {
      at: '2026-11-20T10:00:05.000Z',
      step: 'event' as const,
      source: 'alertmanager',
      fingerprint: 'f1',
      labels: { alertname: 'NT_NPU_CARD_LOSE' },
    },
    {
      at: '2026-11-20T10:00:06.000Z',
      step: 'guard' as const,
      guard: 'budget',
      allowed: false,
      defers: true,
      why: 'with it 4 of 60 nodes would be out of service; at most 3 may be',
    },
    {
      at: '2026-11-20T10:00:30.000Z',
      step: 'call' as const,
      outcome: 'accepted' as const,
      callId: 'c1',
      targets: ['os-node-created-lv29s'],
    },
    {
      at: '2026-11-20T10:06:17.000Z',
      step: 'verify' as const,
      target: 'os-node-created-lv29s',
      state: 'succeeded',
      why: 'the node is Available, and its driver Running (24.1.0.3)',
    },
  ],
};
const options = {
  poolName: 'train-a',
  zone: 'Asia/Shanghai',
  words: { vendorName: 'batch-reset', verified: 'node healthy' },
};

describe('the report of a remediation', () => {
  test('reads from the order to the outcome, in the zone of the pool', () => {
    expect(reportText(reportOf(remediation, options), options.zone)).toBe(`\
## reset-nodes of os-node-created-lv29s in pool train-a: succeeded

It succeeded. The node is Available, and its driver Running (24.1.0.3).

- Remediation: r1
- Action: reset-nodes
- Target: os-node-created-lv29s in pool train-a
- Asked by: rule npu-card-lost (alertmanager, 1 alert)
- Accepted: 2026-11-20 18:00:05 +08:00
- Last change: 2026-11-20 18:06:17 +08:00, 6 min 12 s later
- Job: job-1

- 18:00:05 The source alertmanager reported NT_NPU_CARD_LOSE.
- 18:00:06 1 of 1 guard objects.
  - budget: With it 4 of 60 nodes would be out of service; at most 3 may be.
- 18:00:30 ModelArts accepted batch-reset, sent once.
- 18:06:17 The node is Available, and its driver Running (24.1.0.3).
`);
  });

  test('names every node that a plan deletes', () => {
    const nodes = Array.from({ length: 32 }, (_, index) => `n${index}`);
    const changes = { deletes: 'np-1', flavor: 'f', nodes, workloads: ['job-1'] };
    const { facts, outcome } = reportOf(
      {
        ...remediation,
        action: 'delete-node-pool',
        nodes: undefined,
        nodePool: 'np-1',
        state: 'awaiting-approval',
        why: undefined,
        plan: { hash: 'h1', request: {}, changes },
      },
      options,
    );
    expect(outcome).toBe('It waits for an approval.');
    expect(facts).toContainEqual({ name: 'Plan', text: 'deletes np-1 with its 32 nodes, which run job-1' });
    expect(facts).toContainEqual({ name: 'Nodes to delete', text: nodes.join(', ') });
  });
});

test('a plan appears field by field', () => {
  const changes = { count: { from: 4, to: 2 }, labels: { from: null, to: { a: 'b' }, reaches: 'new nodes' } };
  expect(planText(changes)).toBe('count 4 → 2, labels none → {"a":"b"} (new nodes)');
  expect(planText({})).toBe('changes nothing');
  expect(planText(undefined)).toBeUndefined();
});

test.each([
  ['the node is well', 'The node is well.'],
  ['os-node-1 is well', 'os-node-1 is well.'],
  ['0 ladders have begun', '0 ladders have begun.'],
  ['Is it well?', 'Is it well?'],
  ['', ''],
])('%j becomes the sentence %j', (text, said) => {
  expect(sentence(text)).toBe(said);
});

test('a long list names the first ones and says how many are left', () => {
  expect(listed(['a'])).toBe('a');
  expect(listed(['a', 'b', 'c', 'd'])).toBe('a, b, c and d');
  expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c, d and 1 more');
});

describe('times', () => {
  test.each([
    ['Asia/Shanghai', '2026-11-20 18:00:05 +08:00'],
    ['Europe/Berlin', '2026-11-20 11:00:05 +01:00'],
    ['Asia/Kathmandu', '2026-11-20 15:45:05 +05:45'],
    ['UTC', '2026-11-20 10:00:05 +00:00'],
    ['No/Zone', '2026-11-20 10:00:05 +00:00'],
  ])('in %s are %s', (zone, text) => {
    expect(timeIn(zone, '2026-11-20T10:00:05.000Z')).toBe(text);
  });

  test('that are none stay as they are', () => {
    expect(timeIn('UTC', 'soon')).toBe('soon');
  });

  test.each([
    [0, '0 s'],
    [-5, '0 s'],
    [59_400, '59 s'],
    [372_000, '6 min 12 s'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
  ])('a span of %i ms is %j', (spanMs, text) => {
    expect(spanText(spanMs)).toBe(text);
  });
});
