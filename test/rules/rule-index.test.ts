import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findRule, matches } from '#lib/rules/match';
import { rulesFor } from '#lib/rules/rule-index';
import type { AlertRule, When } from '#lib/rules/rules';
import { rulesOf } from '#test/remediation/rules-of';
import { runs } from '#test/runs';

const [template] = rulesOf(`
pools: { train-a: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036, budget: { maxUnavailable: 1 } } }
rules: [ { name: first, when: { source: alertmanager }, node: { from: labels.instance }, pool: train-a, ladder: [ { reset-nodes: {} } ] } ]
`).rules;

function ruleOf(when: When | When[], index: number): AlertRule {
  if (!template) throw new Error('There is no rule');
  return { ...template, name: `rule-${index}`, when };
}

const glob = fc.constantFrom('a', 'b', 'aa', 'a*', '?', '*', 'constructor');
const matcher = fc.array(glob, { minLength: 1, maxLength: 3 });
const key = fc.constantFrom('x', 'app.kubernetes.io/x', '__proto__', 'constructor');
const fields = <Value>(value: fc.Arbitrary<Value>) => fc.dictionary(key, value, { maxKeys: 3 });
const when = fc.record(
  {
    source: fc.constantFrom('kubernetes', 'alertmanager'),
    severity: matcher,
    event: matcher,
    labels: fields(matcher),
    annotations: fields(matcher),
  },
  { requiredKeys: ['labels', 'annotations'] },
);
const value = fc.constantFrom('a', 'b', 'aa', 'c', 'constructor', '');
const alert = fc.record(
  {
    source: fc.constantFrom('kubernetes', 'alertmanager', 'smn'),
    severity: value,
    event: value,
    labels: fields(value),
    annotations: fields(value),
  },
  { requiredKeys: ['source', 'labels', 'annotations'] },
);

test('the first rule that matches is the same as when each rule is asked', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(when, fc.array(when, { minLength: 1, maxLength: 3 })), { maxLength: 12 }),
      fc.array(alert, { minLength: 1, maxLength: 5 }),
      (whens, alerts) => {
        const rules = whens.map((one, index) => ruleOf(one, index));
        for (const one of alerts)
          expect(findRule({ rules }, one)?.name).toBe(rules.find((rule) => matches(rule.when, one))?.name);
      },
    ),
    { numRuns: runs(2_000) },
  );
});

test('an alert is held against the rules for its name alone, and those for any', () => {
  const rules = Array.from({ length: 1_000 }, (_, index) =>
    ruleOf(
      {
        source: 'alertmanager',
        labels: { alertname: [`Alert${index}`], severity: ['crit*'] },
        annotations: {},
      },
      index,
    ),
  );
  rules.push(ruleOf({ labels: { severity: ['*'] }, annotations: {} }, 1_000));
  const asked = rulesFor(rules, {
    source: 'alertmanager',
    labels: { alertname: 'Alert77' },
    annotations: {},
  });
  expect(asked.map(({ name }) => name)).toEqual(['rule-77', 'rule-1000']);
});
