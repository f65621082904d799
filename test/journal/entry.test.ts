import { describe, expect, test } from 'vitest';
import { journalEntry, journalEntryOfOther } from '#lib/journal/entry';

const alert = {
  source: 'alertmanager',
  status: 'firing' as const,
  fingerprint: 'f1',
  startsAt: '2026-11-20T10:00:00.000Z',
  labels: {},
  annotations: {},
};
const noRules = { rules: [] };
const rules = { rules: [{ node: [{ kind: 'annotations', key: 'host' }] }] } as never;

const namedIn = (labels: Record<string, string>, annotations: Record<string, string> = {}) =>
  journalEntry({ ...alert, labels, annotations }, rules, {}).named;

const cutTo = (characters: number) => `${'x'.repeat(characters - 1)}…`;

describe('an alert is found by the names of its node', () => {
  test.each(['instance', 'node', 'node_name', 'private_ip', 'instance_id', 'nodeName'])(
    'in the label %s, though no rule reads it',
    (label) => {
      expect(journalEntry({ ...alert, labels: { [label]: ' node-7 ' } }, noRules, {}).named).toEqual([
        'node-7',
      ]);
    },
  );

  test('in the place that a rule reads, which comes first, and three at most, each once', () => {
    expect(namedIn({ instance: 'a', node: 'b', node_name: 'c' }, { host: 'z' })).toEqual(['z', 'a', 'b']);
    expect(namedIn({ instance: '10.0.0.7:9100', node: '10.0.0.7' })).toEqual(['10.0.0.7']);
  });

  test('where it has any: other labels and empty ones are no names', () => {
    expect(namedIn({ alertname: 'a', node: ' ', constructor: 'b' }, { node: 'c' })).toBeUndefined();
    expect(namedIn({ node: 'Not a name!' })).toEqual(['Not a name!']);
  });
});

describe('texts of a sender', () => {
  const long = 'x'.repeat(1_000);

  test('are cut, each to the length that people need', () => {
    const entry = journalEntry({ ...alert, labels: { node: long, [long]: 'y' } }, noRules, { ignored: long });
    expect(entry).toMatchObject({ named: [cutTo(253)], ignored: cutTo(500) });
    expect(entry.labels).toEqual({ node: cutTo(100), [cutTo(100)]: 'y' });
  });

  test('stay whole up to that length, and fifteen labels are kept', () => {
    const labels = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`l${index}`, `v${index}`]));
    const ignored = 'x'.repeat(500);
    const entry = journalEntry({ ...alert, labels }, noRules, { ignored });
    expect(entry.ignored).toBe(ignored);
    expect(Object.keys(entry.labels!)).toEqual(Object.keys(labels).slice(0, 15));
  });
});

test('an alert keeps its own fingerprint, or the one that its sender knows it by', () => {
  const became = { rule: 'r', pool: 'p', remediation: 'm' };
  expect(journalEntry(alert, noRules, became)).toEqual({
    alert: 'f1',
    status: 'firing',
    startsAt: alert.startsAt,
    labels: {},
    ...became,
  });
  expect(journalEntry({ ...alert, sentAs: 'theirs' }, noRules, {}).alert).toBe('theirs');
});

test('a report that is no alert has a status of its own, no beginning, and the name of its node', () => {
  expect(
    journalEntryOfOther({ alert: 'a test', why: 'it is a test', labels: { node: 'n' } }, noRules),
  ).toEqual({
    alert: 'a test',
    status: 'other',
    labels: { node: 'n' },
    named: ['n'],
    ignored: 'it is a test',
  });
});
