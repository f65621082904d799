import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger } from '#lib/log';
import type { VersionedRules } from '#lib/rules/rules';
import { compileRules, rulesVersion } from '#local/build/read-rules';
import { createScreen } from '#local/screen/screen';
import { createRulesKeeper } from '#local/start/rules/rules-keeper';

const text = (mode: string, more = '') => `pools:
  train-a: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036 }
rules:
  - name: card-lost
    when: { labels: { alertname: NT_NPU_CARD_LOSE } }
    node: { from: labels.instance }
    pool: train-a
    mode: ${mode}
    ladder: [{ reset-nodes: {} }]
${more}`;

const changeTo = (content: string) => {
  const bytes = Buffer.from(content);
  return { bytes, version: rulesVersion(bytes) };
};

function keeper(content: string, takeOver?: (rules: VersionedRules) => Promise<string[]>) {
  const { rules, warnings } = compileRules(Buffer.from(content), 'poolkeeper.yml');
  const output = new PassThrough();
  const taken: string[] = [];
  const log: any[] = [];
  const consider = createRulesKeeper({
    file: 'poolkeeper.yml',
    inForce: rules,
    warnings,
    async takeOver(next) {
      taken.push(next.rules[0]!.mode);
      return (await takeOver?.(next)) ?? [];
    },
    screen: createScreen(output),
    log: createLogger({}, { write: (line) => log.push(JSON.parse(line)) }),
  });
  const said = (): string[] =>
    String(output.read() ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/^\d\d:\d\d:\d\d/, '<time>'));
  return { consider, taken, log, said, version: rules.version };
}

test('takes over a valid file, and says what acts now', async () => {
  const { consider, taken, log, said, version } = keeper(text('observe'));
  const change = changeTo(text('act'));
  await consider(change);
  expect(taken).toEqual(['act']);
  const [first, ...rest] = said();
  expect(first).toBe(`<time>  rules taken over   poolkeeper.yml is in force, as rules ${change.version}`);
  expect(rest[0]).toBe(`${' '.repeat(12)}1 rule now acts: card-lost`);
  expect(rest[1]).toMatch(/no-recipient/);
  expect(log).toMatchObject([
    {
      level: 'info',
      message: 'rules taken over',
      former: version,
      rules: change.version,
      acts: true,
      changes: ['1 rule now acts: card-lost'],
    },
  ]);
  await consider(changeTo(text('act', '# a comment\n')));
  expect(said()).toEqual([expect.stringMatching(/, which do the same as the former ones$/)]);
  expect(taken).toEqual(['act', 'act']);
});

test('keeps the former rules while the file has mistakes or is missing, and says so each time', async () => {
  const { consider, taken, log, said, version } = keeper(text('act'));
  await consider(changeTo(text('acts')));
  expect(said()).toEqual([
    `<time>  rules refused      poolkeeper.yml has 1 mistake: the rules ${version} stay in force`,
    expect.stringMatching(/^ {12}poolkeeper\.yml:8:5 rules\[0\]\.mode: .*act/),
  ]);
  await consider({ problem: 'is missing' });
  expect(said()).toEqual([
    `<time>  rules refused      poolkeeper.yml is missing: the rules ${version} stay in force`,
  ]);
  await consider(
    changeTo(text('act', 'polling: { every: soon, first: late }\nrulez: 1\na: 1\nb: 1\nc: 1\n')),
  );
  expect(said().at(-1)).toBe(`${' '.repeat(12)}and 1 more mistake`);
  await consider(changeTo(text('act')));
  expect(said()).toEqual([expect.stringContaining(`is again as the rules ${version}`)]);
  expect(taken).toEqual([]);
  expect(log.map(({ level }) => level)).toEqual(['error', 'error', 'error', 'info']);
});

test('keeps the former rules if the new ones cannot be put in force, and tries the next file', async () => {
  let isFull = true;
  const { consider, said, version } = keeper(text('observe'), () =>
    isFull ? Promise.reject(new Error('no space left on device')) : Promise.resolve(['SECRET is not set']),
  );
  await consider(changeTo(text('act')));
  expect(said()).toEqual([
    expect.stringContaining(`could not be taken over: the rules ${version} stay in force`),
    expect.stringContaining('no space left on device'),
  ]);
  isFull = false;
  await consider(changeTo(text('approve')));
  expect(said().map((line) => line.trim())).toEqual([
    expect.stringContaining('is in force'),
    '1 rule now waits for a person: card-lost',
    expect.stringContaining('[no-recipient]'),
    'SECRET is not set',
  ]);
});

test('a warning shows once, although its line and its numbers change', async () => {
  const { consider, said } = keeper(text('act'));
  await consider(changeTo(`# a comment\n${text('act')}`));
  expect(said()).toHaveLength(1);
});
