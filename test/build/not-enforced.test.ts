import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { cautions } from '#local/build/cautions';
import { notEnforced } from '#local/build/not-enforced';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

const file = `pools:
  a: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036, windows: [], budget: { perDay: 1 } }
  b:
    id: pool-77aa-6f5da086876d4cd084d36f8bd3346036
    budget: { maxUnavailable: 5% }
    windows: [{ start: "0 22 ? * SAT *", length: 6h }]
rules:
  - name: one
    when: { source: smn }
    node: { from: labels.instance }
    pool: a
    ladder:
      - reset-nodes: {}
      - reset-nodes: {}
      - notify: {}
  - name: two
    when: { source: alertmanager, event: NPUSMICardNotFound }
    node: { from: labels.instance }
    pool: a
    ladder: [notify: {}]
  - name: three
    when: { event: NPUSMICardNotFound, source: cloudevents }
    node: { from: labels.instance }
    pool: a
    ladder: [notify: {}]
notify:
  - { kind: webhook, url: "https://chat.example.com/hooks/1" }
`;

test('each key that is set and has no effect is one line, with its first place', () => {
  parseRules(file, 'r.yml');
  expect(notEnforced(file, 'r.yml')).toEqual([
    'r.yml:17:35 rules[1].when.event: matches none: alerts of alertmanager have no event. Use source: smn',
    'r.yml:9:13 rules[0].when.source: matches none: name the topics of SMN under sources.smn.topics',
  ]);
  const allowed = `${file}sources: { smn: { topics: ["urn:smn:cn-north-4:0970dd7a:npu"] } }\n`;
  parseRules(allowed, 'r.yml');
  expect(notEnforced(allowed, 'r.yml')).toHaveLength(1);
});

test('what is left to its default, and what is empty, is not told', () => {
  const smallest =
    'pools: { a: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036, windows: [] } }\nnotify: []\n';
  parseRules(smallest, 'r.yml');
  expect(notEnforced(smallest, 'r.yml')).toEqual([]);
});

test('a rule that changes a rule of a pack may leave out every key but its name', () => {
  const changed = `extends: pack/npu
pack: { pool: a }
pools: { a: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036 } }
rules: [{ name: NT_NPU_CARD_LOSE, mode: act }]
sources: {}
`;
  parseRules(changed, 'r.yml');
  expect(notEnforced(changed, 'r.yml')).toEqual([
    'r.yml:1:1 extends: its rules for events of Cloud Eye match none: name the topics of SMN under sources.smn.topics',
  ]);
  expect(cautions(changed, 'r.yml')).toEqual([]);
});

test('the sample rules file sets nothing that has no effect', () => {
  expect(notEnforced(read('../../poolkeeper.yml'), 'poolkeeper.yml')).toEqual([]);
});
