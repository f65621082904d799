import { expect, test } from 'vitest';
import { readTestFile } from '#local/rule-tests/read-test-file';

const RULES = `pools: { train-a: { id: pool-a1 } }
rules:
  - name: lost
    node: { from: labels.node }
    pool: train-a
    ladder: [{ reset-nodes: {} }]
`;

async function problemsOf(text: string, rules = RULES): Promise<string[]> {
  const error: Error = await readTestFile(text, 'a.tests.yml', () =>
    Promise.resolve({ text: rules, name: 'rules.yml' }),
  ).then(
    () => new Error('no problem'),
    (thrown: Error) => thrown,
  );
  return error.message.split('\n');
}

const HEAD = 'rules: rules.yml\ntests:\n  - name: one\n    expect: [{ at: 1m, nothing: true }]\n';

test.each([
  [`${HEAD}    alrets: []\n`, 'a.tests.yml:5:5 tests[0].alrets: is not a known key: did you mean "alerts"?'],
  [
    'rules: rules.yml\ntests:\n  - name: one\n    expect: [{ at: 1 minute, nothing: true }]\n',
    'a.tests.yml:4:16 tests[0].expect[0].at: "1 minute" is not a duration such as 30s, 5m, 6h or 2d',
  ],
  [
    'rules: rules.yml\ntests:\n  - name: one\n    expect: [{ at: 1m }]\n',
    'a.tests.yml:4:14 tests[0].expect[0]: expects nothing: add calls, remediations, notices, ignored, nodes, or nothing: true',
  ],
  [
    'rules: rules.yml\ntests:\n  - name: one\n    expect: [{ at: 1m, remediations: [{ rule: lots }] }]\n',
    'a.tests.yml:4:41 tests[0].expect[0].remediations[0].rule: the rules have no rule "lots": did you mean "lost"?',
  ],
  [
    `${HEAD}    pools: { train-b: {} }\n`,
    'a.tests.yml:5:14 tests[0].pools.train-b: the rules have no pool "train-b": did you mean "train-a"?',
  ],
  [
    `${HEAD}    faults: [{ kind: lost-anwser }]\n`,
    expect.stringMatching(
      /^a\.tests\.yml:5:16 tests\[0\]\.faults\[0\]\.kind: "lost-anwser" is not one of .*did you mean "lost-answer"\?$/,
    ),
  ],
  [
    `${HEAD}    faults: [{ kind: odd-reply, endpoint: batch-reset-nodes, oddity: stale }]\n`,
    'a.tests.yml:5:33 tests[0].faults[0].endpoint: must be one that reads: list-… or show-…',
  ],
  [
    'rules: rules.yml\ntests:\n  - name: one\n    expect: [{ at: 1m, nothing: true, calls: [] }]\n',
    'a.tests.yml:4:24 tests[0].expect[0].nothing: says nothing happens: remove calls and notices',
  ],
  [
    `${HEAD}  - name: one\n    expect: [{ at: 1m, nothing: true }]\n`,
    'a.tests.yml:5:5 tests[1].name: "one" is the name of an earlier test, too',
  ],
])('a mistake is named with its place and the way out: %#', async (text, problem) => {
  expect(await problemsOf(text)).toEqual([problem]);
});

test('a mistake in the rules is named in the rules file', async () => {
  expect(await problemsOf(HEAD, RULES.replace('train-a\n', 'train-b\n'))).toEqual([
    expect.stringContaining('rules.yml:5:5 rules[0].pool'),
  ]);
});

test('rules that cannot be read are named at their key', async () => {
  const read = readTestFile(HEAD, 'a.tests.yml', () => Promise.reject(new Error('no such file')));
  await expect(read).rejects.toThrow(
    'a.tests.yml:1:1 rules: the rules file rules.yml cannot be read (no such file)',
  );
});
