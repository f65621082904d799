import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodes } from '#cli/exit-codes';
import { namedPools } from '#cli/init/found-pools';
import { rulesText } from '#cli/init/rules-text';
import { parseRules } from '#lib/rules/parse/parse';
import { startSimulator } from '#local/simulator/simulator';
import { runCli } from './surroundings.ts';

const ID = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const OTHER = 'pool-77aa-6f5da086876d4cd084d36f8bd3346036';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-init-'));
});
afterAll(() => rm(folder, { recursive: true }));

const init = (args: readonly string[], answers?: string[]) =>
  runCli(['init', ...args], { directory: folder, ...(answers && { answers }) });
const written = (file: string) => readFile(path.join(folder, file), 'utf8');

test('writes a valid file that only observes, and replaces none without --force', async () => {
  const { output, code } = await init(['--pool', `train-a=${ID}`]);
  expect(code).toBe(0);
  expect(output).toContain('poolkeeper.yml is written: train-a. It only observes.');
  const rules = parseRules(await written('poolkeeper.yml'), 'poolkeeper.yml');
  expect(rules.pools).toMatchObject([{ name: 'train-a', id: ID }]);
  expect(rules.rules.every(({ mode }) => mode === 'observe')).toBe(true);

  const again = await init(['--pool', `other=${OTHER}`]);
  expect(again.code).toBe(exitCodes.usage.code);
  expect(again.errors).toContain('add --force to replace it');
  expect(await written('poolkeeper.yml')).toContain('train-a');
  expect((await init(['--pool', `other=${OTHER}`, '--force'])).code).toBe(0);
  expect(await written('poolkeeper.yml')).not.toContain('train-a');
});

test('is valid for several pools, too', () => {
  const rules = parseRules(
    rulesText([
      { name: 'a', id: ID },
      { name: 'b', id: OTHER },
    ]),
    'poolkeeper.yml',
  );
  expect(rules.pools).toHaveLength(2);
});

test('asks for the pools on a terminal', async () => {
  expect((await init(['--output', 'asked.yml'], [ID, 'mine', OTHER, '', ''])).code).toBe(0);
  const { pools } = parseRules(await written('asked.yml'), 'asked.yml');
  expect(pools.map(({ name }) => name)).toEqual(['mine', 'pool-2']);
});

test.each([
  [['--pool', 'train-a'], undefined, 'must be name=id'],
  [['--pool', `two words=${ID}`, '--output', 'x.yml'], undefined, 'make no valid rules file'],
  [[], undefined, '--pool name=id'],
  [[], [''], 'Nothing was written'],
])('refuses %j', async (args, answers, message) => {
  const { code, errors } = await init(args, answers);
  expect(code).toBe(exitCodes.usage.code);
  expect(errors).toContain(message);
});

const withKey = async (args: readonly string[], change: Record<string, string> = {}) => {
  await using simulator = await startSimulator({
    nodes: 3,
    pools: [
      { name: 'train-a', id: ID },
      { name: 'quarantine', id: OTHER },
    ],
  });
  return await runCli(['init', ...args], {
    directory: folder,
    environment: {
      MODELARTS_ENDPOINT: simulator.url,
      HUAWEICLOUD_SDK_AK: simulator.credentials.accessKey,
      HUAWEICLOUD_SDK_SK: simulator.credentials.secretKey,
      HUAWEICLOUD_SDK_PROJECT_ID: simulator.projectId,
      HUAWEICLOUD_SDK_REGION: 'cn-north-4',
      ...change,
    },
  });
};

const shownPool = (name: string, displayName?: string) => ({
  name,
  displayName,
  phase: 'Running',
  nodeCounts: { available: 2, abnormal: 1 },
});

describe('with the key of Huawei Cloud in the environment', () => {
  test('the file has every pool that the API shows', async () => {
    const { output, code } = await withKey(['--output', 'found.yml']);
    expect(code).toBe(0);
    expect(output).toContain('found.yml is written: train-a, quarantine. It only observes.');
    const { pools } = parseRules(await written('found.yml'), 'found.yml');
    expect(pools.map(({ name, id }) => [name, id])).toEqual([
      ['train-a', ID],
      ['quarantine', OTHER],
    ]);
    expect(await written('found.yml')).toContain('# train-a, Running, 3 nodes');
  });

  test('--json says which, and nothing else on standard output', async () => {
    const { output, errors } = await withKey(['--output', 'as-json.yml', '--json']);
    expect(JSON.parse(output)).toEqual({
      file: 'as-json.yml',
      pools: [
        { name: 'train-a', id: ID },
        { name: 'quarantine', id: OTHER },
      ],
    });
    expect(errors).toContain('as-json.yml is written');
  });

  test.each([
    [{ HUAWEICLOUD_SDK_SK: 'wrong' }, 'credential', 'The pools could not be listed'],
    [{ HUAWEICLOUD_SDK_PROJECT_ID: '' }, 'usage', 'HUAWEICLOUD_SDK_PROJECT_ID is not set'],
    [{ MODELARTS_ENDPOINT: 'http://127.0.0.1:9' }, 'unreachable', 'The pools could not be listed'],
  ] as const)('a failure says so, and how to go on without the API: %j', async (change, outcome, message) => {
    const { code, errors } = await withKey(['--output', 'none.yml'], change);
    expect(code).toBe(exitCodes[outcome].code);
    expect(errors).toContain(message);
    expect(errors).toContain('--pool name=id');
    expect(errors).not.toContain('wrong');
  });

  test('a pool has its name for people as far as a rules file allows it, and each name stands once', () => {
    const found = namedPools([
      shownPool('a', 'train a'),
      shownPool('b', '训练池'),
      shownPool('c'),
      shownPool('d', 'train-a'),
      shownPool('e', 'x'.repeat(70)),
    ] as unknown as Parameters<typeof namedPools>[0]);
    expect(found.map(({ name }) => name)).toEqual([
      'train-a',
      'pool-2',
      'pool-3',
      'train-a-2',
      'x'.repeat(63),
    ]);
    expect(found[1]?.about).toBe('训练池, Running, 3 nodes');
    const text = rulesText(
      found.map((one, index) => ({ ...one, id: `pool-${index}-6f5da086876d4cd084d36f8bd3346036` })),
    );
    expect(parseRules(text, 'x.yml').pools).toHaveLength(5);
  });
});
