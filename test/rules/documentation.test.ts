import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { Command } from '#events/command';
import { parseRules } from '#lib/rules/parse/parse';

const page = readFileSync(new URL('../../docs/rules/reference.md', import.meta.url), 'utf8');

test('the examples of docs/rules/reference.md make up a rules file', () => {
  const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, example = '']) => parse(example));
  expect(examples.length).toBeGreaterThanOrEqual(5);
  const file = stringify(Object.assign({}, ...examples));
  expect(parseRules(file, 'docs/rules/reference.md').rules[0]).toMatchObject({ name: 'npu-card-lost' });
});

test('the command of docs/alerting/producers.md is one', () => {
  const producers = readFileSync(new URL('../../docs/alerting/producers.md', import.meta.url), 'utf8');
  const [, command = ''] = /^```json\n(.*?)^```/ms.exec(producers) ?? [];
  expect(Command.parse(JSON.parse(command))).toMatchObject({ action: 'reset-nodes', mode: 'act' });
});
