import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '#test/cli/surroundings';

const root = path.resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(path.join(tmpdir(), 'rule-tests-'));
afterAll(() => rmSync(directory, { recursive: true }));

const rules = readFileSync(path.join(root, 'poolkeeper.yml'), 'utf8');
writeFileSync(path.join(directory, 'rules.yml'), rules);
writeFileSync(
  path.join(directory, 'careless.yml'),
  rules.replace('mode: act\n    cooldown: 6h', 'mode: observe\n    cooldown: 6h'),
);

function testsFor(file: string): string {
  const name = `${file}.tests.yml`;
  writeFileSync(
    path.join(directory, name),
    `rules: ${file}.yml
tests:
  - name: a lost card resets its node
    alerts:
      - labels: { alertname: NT_NPU_CARD_LOSE, instance: train-a-3 }
    expect:
      - at: 2m
        calls: [{ endpoint: batch-reset-nodes, nodes: [train-a-3] }]
        remediations: [{ rule: npu-card-lost, state: running }]
  - name: other alerts lead to nothing
    alerts:
      - labels: { alertname: Other, instance: train-a-3 }
    expect:
      - { at: 2m, nothing: true }
`,
  );
  return name;
}

test('passes, and ends with 0', async () => {
  const { output, errors, code } = await runCli(['test', testsFor('rules')], { directory });
  expect(errors).toBe('');
  expect(output).toContain('ok    a lost card resets its node\n');
  expect(output).toContain('2 passed\n');
  expect(code).toBe(0);
});

test('fails with the difference, the place and the events, and ends with 1', async () => {
  const { output, code } = await runCli(['test', testsFor('careless')], { directory });
  expect(code).toBe(1);
  expect(output).toContain('FAIL  a lost card resets its node  careless.tests.yml:3\n');
  expect(output).toContain('      at 2m, calls  careless.tests.yml:8\n');
  expect(output).toContain('        expected  endpoint batch-reset-nodes, nodes train-a-3\n');
  expect(output).toContain('state: expected running, actual observed');
  expect(output).toContain('The rule npu-card-lost chose reset-nodes, in mode observe.');
  expect(output).toContain('1 passed, 1 failed\n');
});

test('--json has the same for programs, and --only runs some', async () => {
  const { output, code } = await runCli(['test', '--json', '--only', 'a lost*', testsFor('careless')], {
    directory,
  });
  expect(code).toBe(1);
  const { passed, failed, tests } = JSON.parse(output);
  expect({ passed, failed }).toEqual({ passed: 0, failed: 1 });
  expect(tests[0]).toMatchObject({ file: 'careless.tests.yml', line: 3, passed: false });
  expect(tests[0].failures.map(({ part }: { part: string }) => part)).toEqual(['calls', 'remediations']);
});

test.each([
  [['test', 'none.yml'], /There is no file of tests .*none\.yml/],
  [['test', 'rules.yml'], /rules\.yml:\d+:\d+ /],
  [
    ['test', '--only', 'nothing like it', 'rules.tests.yml'],
    /The tests are:\n {2}a lost card resets its node/,
  ],
])('a wrong file or name ends with 2: %j', async (args, message) => {
  testsFor('rules');
  const { errors, code } = await runCli(args, { directory });
  expect(code).toBe(2);
  expect(errors).toMatch(message);
});
