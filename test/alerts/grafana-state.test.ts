import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AlertmanagerBody } from '#events/alertmanager';
import { decide } from '#lib/alerts/decide';
import { readAlertmanager } from '#lib/alerts/sources/alertmanager';
import { parseRules } from '#lib/rules/parse/parse';
import { rules } from './alerts.ts';

const labels = { alertname: 'CardLost', instance: 'node-1', grafana_folder: 'NPU' };
const alertOf = (more: object) => {
  const sent = { status: 'firing', labels, startsAt: '2026-11-20T10:00:00Z', fingerprint: 'f', ...more };
  const body = AlertmanagerBody.parse({ version: '1', orgId: 1, state: 'alerting', alerts: [sent] });
  return readAlertmanager(body, Date.parse('2026-11-20T12:00:00Z')).alerts[0]!;
};
const because = (reason: unknown) => ({ annotations: { grafana_state_reason: reason } });

/** The reasons in pkg/services/ngalert/models of grafana/grafana, and the combinations of its `ConcatReasons`. */
const REASONS = [
  'MissingSeries',
  'NoData',
  'Error',
  'Paused',
  'Updated',
  'RuleDeleted',
  'KeepLast',
  'NoData, KeepLast',
  'Error, KeepLast',
];

describe('a firing of Grafana', () => {
  test.each([
    ['no reason: the condition holds', {}, undefined],
    ['an empty reason', because(''), undefined],
    ['null for a reason', because(null), undefined],
    ['no data, as an alert of its own', { labels: { ...labels, alertname: 'DatasourceNoData' } }, 'nodata'],
    ['an error, as an alert of its own', { labels: { ...labels, alertname: 'DatasourceError' } }, 'error'],
    ['no data, set to alert', because('NoData'), 'nodata'],
    ['an error, set to alert', because('Error'), 'error'],
    ['no data, set to keep the last state', because('NoData, KeepLast'), 'nodata'],
    ['an error, set to keep the last state', because('Error, KeepLast'), 'error'],
    ['a series that is missing for now', because('MissingSeries'), 'unknown'],
    ['a reason that no version has had yet', because('Recovering'), 'unknown'],
    ['a reason in a label', { labels: { ...labels, grafana_state_reason: 'NoData' } }, 'nodata'],
    [
      'a reason beside an annotation that cannot be read',
      { annotations: { ...because('Error').annotations, deep: deep(5_000) } },
      'error',
    ],
  ])('with %s', (_, more, state) => {
    expect(alertOf(more).state).toBe(state);
  });

  test('leads to nothing unless it reports a fault, and the reason names the rule and its key', () => {
    expect(decide([alertOf({})], rules).findings).toHaveLength(1);
    expect(decide([alertOf(because('NoData, KeepLast'))], rules)).toEqual({
      findings: [],
      ignored: [
        {
          alert: 'f',
          why: 'it reports no fault: its sender has no data (NoData, KeepLast). Rule card-lost takes it only if its when.state lists nodata',
        },
      ],
    });
    const own = alertOf({ labels: { ...labels, alertname: 'DatasourceError', rulename: 'CardLost' } });
    expect(decide([own], rules).ignored).toEqual([
      {
        alert: 'f',
        why: 'no rule matches it, and it reports no fault: its sender could not evaluate its condition',
      },
    ]);
  });

  test('leads to the first rule that asks for its state', () => {
    const asking = rulesFor('state: nodata, labels: { rulename: CardLost }', 'state: [alerting, error]');
    const ruleOf = (more: object) => decide([alertOf(more)], asking).findings[0]?.rule.name;
    expect(ruleOf({ labels: { ...labels, alertname: 'DatasourceNoData', rulename: 'CardLost' } })).toBe('r0');
    expect(ruleOf({ labels: { ...labels, rulename: 'CardLost' } })).toBe('r1');
    expect(ruleOf(because('Error'))).toBe('r1');
    expect(ruleOf(because('NoData'))).toBeUndefined();
    expect(ruleOf(because('MissingSeries'))).toBeUndefined();
  });

  test('with any reason at all leads to nothing, also beside other texts', () => {
    const text = fc.oneof(fc.constantFrom(...REASONS), fc.string({ minLength: 1 }));
    fc.assert(
      fc.property(text, fc.dictionary(fc.string(), fc.jsonValue()), (reason, others) => {
        fc.pre(reason.trim() !== '');
        const alert = alertOf({ annotations: { ...others, grafana_state_reason: reason } });
        expect(decide([alert], rules).findings).toEqual([]);
      }),
    );
  });
});

describe('a resolution of Grafana', () => {
  const over = { status: 'resolved', endsAt: '2026-11-20T11:00:00Z' };

  test('without a reason is one', () => {
    expect(alertOf(over)).not.toHaveProperty('lost');
    expect(alertOf({ ...over, labels: { ...labels, alertname: 'DatasourceNoData' } })).not.toHaveProperty(
      'lost',
    );
  });

  test.each(REASONS)('because of %s says nothing about the fault', (reason) => {
    expect(alertOf({ ...over, ...because(reason) })).toMatchObject({ status: 'resolved', lost: reason });
  });
});

test('a rule that names an unknown state is refused with the states that there are', () => {
  expect(() => rulesFor('state: firing')).toThrow(
    'when.state: "firing" is not one of alerting, nodata, error and unknown, or a list of them',
  );
});

function rulesFor(...whens: string[]) {
  const each = whens.map(
    (when, index) =>
      `  - { name: r${index}, when: { ${when} }, node: { from: labels.instance }, pool: a, ladder: [ { reset-nodes: {} } ] }`,
  );
  return parseRules(`pools:\n  a: { id: pool-a }\nrules:\n${each.join('\n')}\n`, 'rules.yml');
}

function deep(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
