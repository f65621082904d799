import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { findRule } from '#lib/rules/match';
import { parseRulesText } from '#lib/rules/parse/parse';
import { findWarnings } from '#lib/rules/warnings/find-warnings';
import { runs } from '#test/runs';
import { alertsWithin, rulesFile, writtenRules } from './generated.ts';

test('a rule that is called unreachable never takes an alert', () => {
  let claims = 0;
  fc.assert(
    fc.property(writtenRules, fc.array(alertsWithin, { minLength: 30, maxLength: 30 }), (rules, alerts) => {
      const text = stringify(rulesFile(rules));
      const parsed = parseRulesText(text, 'r.yml');
      const unreachable = findWarnings(text, parsed, 0)
        .filter(({ code }) => code === 'unreachable-rule' || code === 'duplicate-rule')
        .map(({ path }) => parsed.rules.rules[Number(/\d+/.exec(path)?.[0])]?.name);
      claims += unreachable.length;
      for (const alert of alerts) expect(unreachable).not.toContain(findRule(parsed.rules, alert)?.name);
    }),
    { numRuns: runs(500) },
  );
  expect(claims).toBeGreaterThan(300);
});

test('an entry of conditions that is called redundant can be left out', () => {
  let claims = 0;
  fc.assert(
    fc.property(writtenRules, fc.array(alertsWithin, { minLength: 30, maxLength: 30 }), (rules, alerts) => {
      const text = stringify(rulesFile(rules));
      const parsed = parseRulesText(text, 'r.yml');
      for (const { code, path } of findWarnings(text, parsed, 0)) {
        if (code !== 'redundant-condition') continue;
        claims += 1;
        const [rule, entry] = Array.from(path.matchAll(/\d+/g), ([digits]) => Number(digits));
        const shorter = parsed.rules.rules.map((one, index) =>
          index === rule && Array.isArray(one.when)
            ? { ...one, when: one.when.filter((_, n) => n !== entry) }
            : one,
        );
        for (const alert of alerts)
          expect(findRule({ rules: shorter }, alert)?.name).toBe(findRule(parsed.rules, alert)?.name);
      }
    }),
    { numRuns: runs(400) },
  );
  expect(claims).toBeGreaterThan(50);
});
