import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type Block, blocks } from './blocks.ts';
import { mistakeInJson } from './json.ts';
import { mistakesInShell } from './shell.ts';
import { commandsIn } from './shell-words.ts';
import { isInstalled, kindOf } from './yaml.ts';

// Every fenced block of every page is checked here, by its language. Tests of rules run in test/rule-tests, and the configuration of an
// Alertmanager in test/system.

const place = ({ page, line }: Block) => `${page}:${line}`;
const of = (...languages: string[]) =>
  blocks
    .filter(({ language }) => languages.includes(language))
    .map((block) => [place(block), block] as const);

test('each block says its language: text is an output or a drawing', () => {
  const known = ['caddy', 'nginx', 'sh', 'bash', 'yaml', 'json', 'js', 'python', 'mermaid', 'text'];
  expect(blocks.filter(({ language }) => !known.includes(language)).map(place)).toEqual([]);
  expect(blocks.length).toBeGreaterThan(150);
});

describe('a shell text', () => {
  test.each(of('sh', 'bash'))('at %s has known commands, flags, routes and files', (_place, { text }) => {
    expect(mistakesInShell(text)).toEqual([]);
  });

  test.each([
    ['a flag', 'poolkeeper list --statt needs-human', 'poolkeeper list: there is no --statt'],
    ['a command', 'npm run poolkeeper -- lst', 'poolkeeper lst: there is no such command'],
    ['a script', 'npm run sned', 'npm run sned: there is no such script'],
    ['a route', 'curl -X POST $URL/remediations', 'curl: there is no route POST /remediations'],
    ['a file', 'npm run send -- events/none.json', 'events/none.json: there is no such file'],
    ['a program', 'poolkeper status', 'poolkeper: this test does not know the program'],
  ])('with a wrong %s is found', (_what, text, mistake) => {
    expect(mistakesInShell(text)).toEqual([mistake]);
  });

  test('with a quote that does not end is found', () => {
    expect(mistakesInShell("echo 'a")[0]).toContain('unexpected EOF');
  });
});

test('a shell text is read as its commands', () => {
  expect(commandsIn(`A=1 a 'b c' \\\n  "d $(e; f)" # g; h\ni && j | k; l\n`)).toEqual([
    ['A=1', 'a', 'b c', 'd $(e; f)'],
    ['i'],
    ['j'],
    ['k'],
    ['l'],
  ]);
});

describe('a YAML text', () => {
  test.each(of('yaml'))('at %s is of a known kind, and valid', (_place, { text }) => {
    const kind = kindOf(text);
    expect(kind, 'no kind in test/documentation/yaml.ts has these keys').toBeDefined();
    kind?.check(text);
  });

  test('with a mistake is found', () => {
    const text =
      'rules: [{ name: a, node: { from: labels.x }, pool: train-a, ladder: [{ reset-node: {} }] }]';
    expect(() => kindOf(text)?.check(text)).toThrow('reset-node');
    expect(kindOf('colour: red')).toBeUndefined();
  });

  test.for(['amtool', 'promtool'])('of another program is checked by %s', (tool, { skip }) => {
    skip(!isInstalled(tool), `${tool} is not installed (Debian: prometheus-alertmanager, prometheus)`);
    const checked = of('yaml').filter(([, { text }]) => kindOf(text)?.tool === tool);
    expect(checked.length).toBeGreaterThan(0);
  });
});

describe('a JSON text', () => {
  test.each(of('json'))('at %s has the form of its page or route', (_place, block) => {
    expect(mistakeInJson(block)).toBeUndefined();
  });
});

describe('a program', () => {
  test.each(of('js'))('at %s is JavaScript', (_place, { text }) => {
    const { status, stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
      input: text,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  });

  test.for(of('python'))('at %s is Python', ([, { text }], { skip }) => {
    skip(!isInstalled('python3'), 'python3 is not installed');
    const { status, stderr } = spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
      input: text,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  });
});
