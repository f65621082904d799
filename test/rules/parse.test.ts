import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';

const everyKey = readFileSync(new URL('every-key.yml', import.meta.url), 'utf8');
const sample = readFileSync(new URL('../../poolkeeper.yml', import.meta.url), 'utf8');

const poolId = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const smallest = `pools: { train-a: { id: ${poolId} } }\n`;

describe('what is compiled', () => {
  test('the sample, with the defaults filled in', () => {
    const rules = parseRules(sample, 'poolkeeper.yml');

    expect(rules.pools).toEqual([
      {
        name: 'train-a',
        id: poolId,
        budget: { maxUnavailable: { percent: 5 }, perDay: { percent: 20 } },
        windows: [],
        storm: { withinMs: 600_000 },
        breaker: { failures: 5, pauseMs: 600_000 },
      },
      expect.objectContaining({
        name: 'quarantine',
        id: 'pool-77aa-6f5da086876d4cd084d36f8bd3346036',
        windows: [],
      }),
    ]);
    expect(rules.rules.map(({ name, mode, cooldownMs }) => [name, mode, cooldownMs])).toEqual([
      ['npu-card-lost', 'act', 21_600_000],
      ['npu-other', 'act', 3_600_000],
      ['npu-faults', 'observe', 3_600_000],
      ['npu-card-not-found', 'act', 21_600_000],
      ['npu-temperature', 'act', 3_600_000],
      ['aom-node-alarms', 'observe', 3_600_000],
      ['npu-lost-event', 'act', 3_600_000],
      ['npu-device-fault', 'observe', 3_600_000],
      ['npu-condition', 'observe', 3_600_000],
      ['npu-cloudwatch-alarm', 'act', 3_600_000],
      ['npu-lost-on-bus', 'observe', 3_600_000],
    ]);
    expect(rules.sources?.smn?.topics).toHaveLength(1);
    expect(rules.rules[0]).toEqual({
      name: 'npu-card-lost',
      when: { source: 'alertmanager', labels: { alertname: ['NT_NPU_CARD_LOSE'] }, annotations: {} },
      node: [{ kind: 'labels', key: 'instance' }],
      pool: { name: 'train-a' },
      mode: 'act',
      cooldownMs: 21_600_000,
      maxEvidenceAgeMs: 3_600_000,
      interruptWorkloads: false,
      rounds: { max: 3, withinMs: 604_800_000 },
      ladder: [
        {
          action: 'reset-nodes',
          parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 }, nodeConfig: {} },
          verify: { healthyForMs: 120_000, withinMs: 2_700_000 },
        },
      ],
    });
    expect(rules.tagPolicies.map(({ name, mode }) => [name, mode])).toEqual([['quarantined', 'observe']]);
    expect(rules.schedules.map(({ name, mode }) => [name, mode])).toEqual([
      ['shrink-at-night', 'observe'],
      ['image-of-the-month', 'observe'],
    ]);
    expect(rules.polling).toEqual({ firstMs: 90_000, everyMs: 30_000 });
  });

  test('a file that names a pool and nothing else', () => {
    expect(parseRules(smallest, 'poolkeeper.yml')).toEqual({
      pools: [
        {
          name: 'train-a',
          id: poolId,
          budget: { maxUnavailable: { percent: 5 }, perDay: { percent: 20 } },
          windows: [],
          storm: { withinMs: 600_000 },
          breaker: { failures: 5, pauseMs: 600_000 },
        },
      ],
      rules: [],
      tagPolicies: [],
      schedules: [],
      approvals: { by: 'anyone' },
      polling: { firstMs: 90_000, everyMs: 30_000 },
      deadlinesMs: {
        'reset-nodes': 2_700_000,
        'update-nodes': 900_000,
        'migrate-nodes': 3_600_000,
        'update-node-pool': 2_700_000,
        'delete-node-pool': 2_700_000,
        'accept-event': 86_400_000,
      },
      notify: [],
      waits: {
        goneAfterMs: 60_000,
        retryMs: 60_000,
        failedNodesMs: 30_000,
        busyMs: 15_000,
        betweenStepsMs: 30_000,
        snapshotEveryMs: 60_000,
        unreadMs: 300_000,
      },
    });
  });

  test('a rule that says no more than it must only observes, and resets one node at a time', () => {
    const rule = '{ name: a, node: { from: labels.n }, pool: train-a, ladder: [{ reset-nodes: {} }] }';
    expect(parseRules(`${smallest}rules: [${rule}]`, 'poolkeeper.yml').rules).toEqual([
      {
        name: 'a',
        when: { labels: {}, annotations: {} },
        node: [{ kind: 'labels', key: 'n' }],
        pool: { name: 'train-a' },
        mode: 'observe',
        cooldownMs: 3_600_000,
        maxEvidenceAgeMs: 3_600_000,
        interruptWorkloads: false,
        rounds: { max: 3, withinMs: 604_800_000 },
        ladder: [
          {
            action: 'reset-nodes',
            parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 }, nodeConfig: {} },
          },
        ],
      },
    ]);
  });

  test('every key there is', () => {
    expect(parseRules(everyKey, 'every-key.yml')).toMatchObject({
      pools: [
        {
          windows: [{ start: '0 22 ? * SAT *', lengthMs: 21_600_000, timezone: 'Europe/Berlin' }],
          project: '0a1b2c3d4e5f',
          region: 'cn-north-4',
          endpoint: 'https://modelarts.example.com',
        },
        { budget: { maxUnavailable: { count: 2 }, perDay: { percent: 20 } } },
      ],
      rules: [
        {
          when: {
            labels: { alertname: ['NT_NPU_CARD_LOSE', 'NT_NPU_NET'], cluster: ['prod-*'] },
            annotations: { runbook: ['*'] },
            severity: ['critical', 'major'],
            event: ['NPUSMICardNotFound'],
          },
          pool: { from: [{ kind: 'labels', key: 'os.modelarts/pool' }] },
          phase: ['Abnormal'],
          maxEvidenceAgeMs: 1_800_000,
          interruptWorkloads: true,
          rounds: { max: 2, withinMs: 259_200_000 },
          ladder: [
            {
              action: 'update-nodes',
              parameters: { action: 'openHaRedundant', haRedundantEffect: 'NoSchedule' },
            },
            { action: 'reset-nodes' },
            // The name of a pool of the file has become its id.
            {
              action: 'migrate-nodes',
              parameters: { toPoolName: 'pool-quarantine-00000000000000000000000000' },
            },
            { action: 'notify' },
          ],
        },
      ],
      tagPolicies: [
        {
          pool: 'train-a',
          mode: 'observe',
          nodes: {
            flavor: ['modelarts.bm.*'],
            nodePool: ['np-1'],
            name: ['os-*'],
            labels: { zone: ['a', 'b'] },
          },
          require: { CostCenter: '4711', Env: 'prod' },
          forbid: { Temp: ['*'] },
        },
      ],
      schedules: [
        {
          cron: '0 20 ? * MON,FRI *',
          timezone: 'Europe/Berlin',
          mode: 'approve',
          action: 'update-node-pool',
          pool: 'train-a',
          nodePool: 'np-1',
          parameters: { spec: { resources: { count: 2, maxCount: 2 } } },
        },
      ],
      notify: [
        {
          kind: 'webhook',
          url: 'https://example.com/hook',
          when: ['failed', 'needs-human', 'awaiting-approval'],
        },
        {
          kind: 'slack',
          name: 'On call',
          url: '${secret:SLACK_URL}',
          severity: 'error',
          rules: ['npu-*'],
          pools: ['train-a'],
        },
        { kind: 'slack', token: '${secret:SLACK_TOKEN}', channel: 'C0123456789' },
        { kind: 'feishu', secret: '${secret:FEISHU_KEY}' },
        { kind: 'dingtalk', url: 'https://oapi.dingtalk.com/robot/send?access_token=${secret:DING}' },
        { kind: 'wecom' },
        { kind: 'teams' },
        { kind: 'pagerduty', url: 'https://events.pagerduty.com/v2/enqueue' },
        { kind: 'sns', topicArn: 'arn:aws:sns:eu-central-1:123456789012:on-call' },
      ],
    });
  });

  test.each([
    ['the sample', sample],
    ['every key', everyKey],
  ])('%s comes through JSON unchanged', (_, text) => {
    const rules = parseRules(text, 'poolkeeper.yml');
    expect(JSON.parse(JSON.stringify(rules))).toEqual(rules);
  });

  test('rungs about node pools, and what is done when alerts have resolved', () => {
    const text = `pools: { train-a: { id: ${poolId} } }
rules:
  - name: worn
    node: { from: labels.instance }
    pool: train-a
    ladder:
      - update-node-pool: { resources: { count: 3 } }
        verify: { healthyFor: 1m, within: 5m }
      - delete-node-pool: { nodePool: np-1 }
    onResolved:
      - update-node-pool: { nodePool: np-1, resources: { count: 2 } }
        mode: approve
      - notify: {}
`;
    expect(parseRules(text, 'poolkeeper.yml').rules[0]).toMatchObject({
      ladder: [
        {
          action: 'update-node-pool',
          parameters: { spec: { resources: { count: 3 } } },
          verify: { healthyForMs: 60_000, withinMs: 300_000 },
        },
        { action: 'delete-node-pool', nodePool: 'np-1', parameters: {} },
      ],
      onResolved: [
        {
          action: 'update-node-pool',
          nodePool: 'np-1',
          mode: 'approve',
          parameters: { spec: { resources: { count: 2 } } },
        },
        { action: 'notify' },
      ],
    });
  });

  test('a pool is meant by its id as well as by its name', () => {
    const text = everyKey.replace('{ from: labels.os.modelarts/pool, of: [train-a] }', poolId);
    expect(parseRules(text, 'poolkeeper.yml').rules[0]?.pool).toEqual({ name: 'train-a' });
  });

  test('a pool that the file does not name may be the target of a migration, by its id', () => {
    const elsewhere = 'pool-0000-6f5da086876d4cd084d36f8bd3346036';
    const text = everyKey.replace('toPoolName: quarantine', `toPoolName: ${elsewhere}`);
    expect(parseRules(text, 'poolkeeper.yml').rules[0]?.ladder[2]).toMatchObject({
      parameters: { toPoolName: elsewhere },
    });
  });

  test('anchors and aliases are read', () => {
    const text = `pools: { train-a: { id: ${poolId}, budget: { maxUnavailable: &two 2, perDay: *two } } }`;
    expect(parseRules(text, 'poolkeeper.yml').pools[0]?.budget).toEqual({
      maxUnavailable: { count: 2 },
      perDay: { count: 2 },
    });
  });
});
