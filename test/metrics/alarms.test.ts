import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allMetrics } from '#lib/metrics/all';
import { metricAlarms, RUNBOOK } from '#local/stack/alarms';
import { resourcesOfType } from '#test/meta/serverless-declaration';

const root = new URL('../../', import.meta.url);
const textOf = (file: string) => readFileSync(new URL(file, root), 'utf8');
const sections = Array.from(textOf(RUNBOOK).matchAll(/^## (.+)$/gm), ([, heading = '']) => heading);
const inTemplate: any[] = resourcesOfType('AWS::CloudWatch::Alarm').map(([, alarm]) => alarm);

test.each(metricAlarms.map((alarm) => [alarm.name, alarm] as const))(
  'the alarm %s is on a metric that exists, by one of its sets of dimensions',
  (_, { metric, of = {} }) => {
    expect(allMetrics[metric.name]).toBe(metric);
    const sets = metric.dimensions.map((set) => [...set].sort());
    expect(sets).toContainEqual(Object.keys(of).sort());
  },
);

describe('every alarm of the template', () => {
  test.each(inTemplate.map((alarm) => [alarm.AlarmName, alarm] as const))(
    '%s says what it means and what to do, and has a section in the runbook',
    (name, { AlarmDescription: description }) => {
      expect(description.length).toBeGreaterThan(60);
      expect(description.length).toBeLessThanOrEqual(1024);
      const [, section = ''] = /docs\/operate\/runbook\.md#([\w-]+) says more\.$/.exec(description) ?? [];
      expect(sections).toContain(section);
      expect(name).toMatch(new RegExp(`-${section}$`));
    },
  );

  test('has a section, and each section an alarm', () => {
    const named = inTemplate.map(({ AlarmDescription: text }) => /#([\w-]+) says more/.exec(text)?.[1]);
    expect([...new Set(named)].sort()).toEqual(sections.sort());
  });
});
