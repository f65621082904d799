import { describe, expect, test } from 'vitest';
import { type Alert, decide } from '#lib/alerts/decide';
import { groupByRemediation } from '#lib/alerts/group';
import { toCommand } from '#lib/alerts/to-command';
import { alert, POOL_A, POOL_B, rules } from './alerts.ts';

describe('an alert leads', () => {
  test('to the first rule that matches it, its pool and its node', () => {
    const { findings, ignored } = decide([alert()], rules);
    expect(findings).toMatchObject([
      { rule: { name: 'card-lost' }, pool: { id: POOL_A }, target: { kind: 'name', name: 'node-1' } },
    ]);
    expect(ignored).toEqual([]);
  });

  test.each(['train-b', POOL_B])('to the pool and the node that it names itself: %s', (pool) => {
    const named = alert({ alertname: 'ByLabel', labels: { pool }, annotations: { node: '10.0.0.7:9100' } });
    expect(decide([named], rules).findings).toMatchObject([
      { pool: { name: 'train-b', id: POOL_B }, target: { kind: 'address', address: '10.0.0.7' } },
    ]);
  });

  test.each(['train-a', POOL_A])('to a pool that its rule lists, by name or id: %s', (pool) => {
    const named = alert({ alertname: 'ByListedLabel', labels: { pool } });
    expect(decide([named], rules).findings).toMatchObject([{ pool: { name: 'train-a', id: POOL_A } }]);
  });

  test('to the same, firing or resolved', () => {
    const [firing, resolved] = decide([alert(), alert({ status: 'resolved' })], rules).findings;
    expect({ ...resolved, alert: {} }).toEqual({ ...firing, alert: {} });
  });
});

describe('an alert is ignored, and told why', () => {
  test.each<[string, Alert, string]>([
    ['no rule', alert({ alertname: 'DiskFull' }), 'no rule matches it'],
    ['another source', alert({ alertname: 'Cart', source: 'smn' }), 'no rule matches it'],
    [
      'no label for the pool',
      alert({ alertname: 'ByLabel', annotations: { node: 'node-1' } }),
      'rule by-label takes the pool from labels.pool, which the alert does not have',
    ],
    [
      'an unknown pool',
      alert({ alertname: 'ByLabel', labels: { pool: 'train "z"' }, annotations: { node: 'node-1' } }),
      String.raw`rule by-label takes the pool from labels.pool, and the rules file has no pool "train \"z\""`,
    ],
    [
      'a pool that its rule does not list',
      alert({ alertname: 'ByListedLabel', labels: { pool: POOL_B } }),
      'rule by-listed-label is for train-a, and the alert names pool train-b',
    ],
    [
      'no annotation for the node',
      alert({ alertname: 'ByLabel', labels: { pool: 'train-a' } }),
      'rule by-label takes the node from annotations.node, which the alert does not have',
    ],
    [
      'something else than a node',
      alert({ labels: { instance: 'https://10.0.0.7/metrics' } }),
      'rule card-lost takes the node from labels.instance, and "https://10.0.0.7/metrics" is neither a node\'s name nor an IPv4 address',
    ],
  ])('%s', (_, given, why) => {
    expect(decide([given], rules)).toEqual({ findings: [], ignored: [{ alert: 'f0a1', why }] });
  });

  test('by a rule whose pool is gone, which only a rules file of another build can be', () => {
    const { ignored } = decide([alert()], { ...rules, pools: [] });
    expect(ignored).toEqual([
      { alert: 'f0a1', why: 'rule card-lost is for pool train-a, which the rules file does not have' },
    ]);
  });

  test('which harms none of its neighbours', () => {
    const { findings, ignored } = decide(
      [alert({ alertname: 'DiskFull', fingerprint: 'bad' }), alert({ fingerprint: 'good' })],
      rules,
    );
    expect(findings.map((finding) => finding.alert.fingerprint)).toEqual(['good']);
    expect(ignored.map((one) => one.alert)).toEqual(['bad']);
  });
});

function commandOf(...alerts: Alert[]) {
  const { findings } = decide(alerts, rules);
  return groupByRemediation(findings).map((group) => toCommand(group, '2026-11-20T10:00:00.000Z'));
}

describe('a command', () => {
  test("is the first rung of its rule's ladder, with evidence as fresh as the delivery", () => {
    expect(commandOf(alert())).toMatchObject([
      {
        command: {
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
          action: 'reset-nodes',
          pool: POOL_A,
          nodes: ['node-1'],
          parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 } },
          evidenceAt: '2026-11-20T10:00:00.000Z',
          reason: { source: 'alertmanager', rule: 'card-lost', event: 'f0a1' },
          mode: 'act',
        },
        alerts: [{ fingerprint: 'f0a1', startsAt: '2026-11-20T09:59:30.000Z' }],
        receipts: [
          {
            step: 'event',
            source: 'alertmanager',
            fingerprint: 'f0a1',
            labels: alert().labels,
          },
          { step: 'decision', rule: 'card-lost', pool: 'train-a', node: 'node-1', action: 'reset-nodes' },
        ],
      },
    ]);
  });

  test('names the node as the sender did, an address without its port', () => {
    const decisions = commandOf(
      alert({ fingerprint: 'by-address', labels: { instance: '10.0.0.7:9100' } }),
      alert({ fingerprint: 'the-same', labels: { instance: '10.0.0.7' } }),
      alert({ fingerprint: 'by-name' }),
    );
    expect(decisions.map(({ command, alerts }) => [command, alerts.length])).toMatchObject([
      [{ nodes: ['10.0.0.7'] }, 2],
      [{ nodes: ['node-1'] }, 1],
    ]);
  });

  test('is a notice where the ladder begins with a notice', () => {
    expect(commandOf(alert({ alertname: 'Told' }))).toMatchObject([
      { command: { action: 'notify', nodes: ['node-1'], parameters: { severity: 'warning' } } },
    ]);
  });

  test('speaks for all alerts of its rule and node, and each node has its own', () => {
    const decisions = commandOf(
      alert({ fingerprint: 'new', startsAt: '2026-11-20T09:50:00.000Z' }),
      alert({ fingerprint: 'other-node', labels: { instance: 'node-2' } }),
      alert({ fingerprint: 'old', startsAt: '2026-11-20T09:40:00.000Z' }),
      alert({ fingerprint: 'other-rule', labels: { alertname: 'LinkDown' } }),
    );
    expect(decisions.map((decision) => decision.alerts.map(({ fingerprint }) => fingerprint))).toEqual([
      ['old', 'new'],
      ['other-node'],
      ['other-rule'],
    ]);
    expect(decisions[0]?.command.reason).toMatchObject({ event: 'old' });
    expect(new Set(decisions.map((decision) => decision.command.id)).size).toBe(3);
  });
});
