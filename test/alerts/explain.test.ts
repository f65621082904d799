import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Alert, decide } from '#lib/alerts/decide';
import { describeUnmet, explain } from '#lib/alerts/explain';
import { matches } from '#lib/rules/match';
import { parseRules } from '#lib/rules/parse/parse';
import { alertsWithin, rulesFile, writtenRules } from '#test/rules/warnings/generated';
import { runs } from '#test/runs';

const alerts: fc.Arbitrary<Alert> = fc
  .tuple(
    alertsWithin,
    fc.option(fc.constantFrom('os-node-1', '10.0.0.7:9100', 'not a node'), { nil: undefined }),
  )
  .map(([alert, node]) => ({
    ...alert,
    labels: { ...alert.labels, ...(node !== undefined && { node }) },
    fingerprint: 'f',
    startsAt: '2026-11-20T10:00:00Z',
    status: 'firing',
  }));

test('an explanation and the decision agree, for any rules and alerts', () => {
  const seen = { findings: 0, ignored: 0 };
  fc.assert(
    fc.property(writtenRules, fc.array(alerts, { minLength: 5, maxLength: 10 }), (conditions, given) => {
      const rules = parseRules(stringify(rulesFile(conditions)), 'r.yml');
      for (const alert of given) {
        const explanation = explain(alert, rules);
        const { findings, ignored } = decide([alert], rules);
        expect('finding' in explanation ? explanation.finding : undefined).toEqual(findings[0]);
        expect('ignored' in explanation ? explanation.ignored : undefined).toEqual(ignored[0]?.why);
        const taken = explanation.rules.filter(({ answer }) => answer === 'takes');
        expect(taken.map(({ rule }) => rule)).toEqual(explanation.rule ? [explanation.rule.name] : []);
        for (const [index, answer] of explanation.rules.entries()) {
          const { when } = rules.rules[index] ?? { when: [] };
          expect(answer.answer === 'unmet').toBe(!matches(when, alert));
          if (answer.answer === 'unmet')
            expect(answer.unmet).toHaveLength(Array.isArray(when) ? when.length : 1);
        }
        seen[findings.length > 0 ? 'findings' : 'ignored'] += 1;
      }
    }),
    { numRuns: runs(500) },
  );
  expect(seen.findings).toBeGreaterThan(200);
  expect(seen.ignored).toBeGreaterThan(200);
});

test('the named condition is the one that is not met', () => {
  const cases: [when: object, unmet: string][] = [
    [{ source: 'smn' }, 'source is "alertmanager", and the rule wants smn'],
    [{ severity: ['major', 'c?'] }, 'severity is "critical", and the rule wants major or c?'],
    [{ event: '*' }, 'event is absent, and the rule wants *'],
    [{ state: 'nodata' }, 'state is "alerting", and the rule wants nodata'],
    [
      { labels: { alertname: 'NT_NPU_NET', node: '*' } },
      'labels.alertname is "NT_NPU_CARD_LOSE", and the rule wants NT_NPU_NET',
    ],
    [{ annotations: { runbook: '*' } }, 'annotations.runbook is absent, and the rule wants *'],
  ];
  const rules = parseRules(stringify(rulesFile(cases.map(([when]) => when))), 'r.yml');
  const alert: Alert = {
    source: 'alertmanager',
    status: 'firing',
    fingerprint: 'f',
    startsAt: '2026-11-20T10:00:00Z',
    severity: 'critical',
    labels: { alertname: 'NT_NPU_CARD_LOSE' },
    annotations: {},
  };
  const answers = explain(alert, rules).rules.map((one) =>
    one.answer === 'unmet' ? one.unmet.map(describeUnmet) : [],
  );
  expect(answers).toEqual(cases.map(([, unmet]) => [unmet]));
});
