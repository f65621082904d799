import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { exitCodes } from '#cli/exit-codes';
import { rulesVersion } from '#local/build/read-rules';
import { RULES } from '#test/rehearsal/bench';
import { type Given, runCli } from './surroundings.ts';

// The checkout of a user, with rules in git, a system that answers, and a framework that only notes its orders.

const NOW = Date.parse('2026-11-20T12:00:00Z');
const CAREFUL = RULES.replace('mode: act', 'mode: observe');
const TESTS = (calls: string) => `rules: poolkeeper.yml
tests:
  - name: a lost node
    pools: { train-a: { size: 20 } }
    alerts:
      - { labels: { alertname: Lost, instance: train-a-1 } }
    expect:
      - { at: 2m, calls: ${calls} }
`;
const FRAMEWORK = `require('node:fs').writeFileSync('order.json', JSON.stringify({ args: process.argv.slice(2), config: process.env.POOLKEEPER_CONFIG }));
process.exit(Number(process.env.FAKE_CODE ?? 0));`;
const TOKEN = 'a-console-token-of-the-deploy-test-77';

let folder: string;
let server: Server;
/** The state of the system. `arrives`: whether a deployment reaches it. */
let system: { version?: string; simulated: boolean; alerts: number; arrives: boolean };

const order = () => path.join(folder, 'order.json');
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=ada', '-c', 'user.email=ada@example.com', ...args], {
    cwd: folder,
    stdio: 'ignore',
  });
const versionOf = (text: string) => rulesVersion(Buffer.from(text));

async function commit(text: string): Promise<void> {
  await writeFile(path.join(folder, 'poolkeeper.yml'), text);
  git('add', 'poolkeeper.yml');
  git('commit', '-q', '-m', 'rules');
}

/** The answers of the routes that the command asks. */
async function answerTo(route: string): Promise<object> {
  if (route === '/me') {
    const deployed = system.arrives && existsSync(order());
    const rules = deployed
      ? rulesVersion(await readFile(JSON.parse(await readFile(order(), 'utf8')).config))
      : system.version;
    return { name: 'ada', role: 'read', may: [], system: { simulated: system.simulated, rules } };
  }
  if (route === '/pools') return { pools: [{ id: 'pool-a1', name: 'train-a' }] };
  if (route === '/pools/pool-a1/nodes') {
    const nodes = Array.from({ length: 20 }, (_, index) => ({ node: `n${index}`, pool: 'pool-a1' }));
    return { nodes };
  }
  if (route !== '/events') return { remediations: [] };
  const alert = { alert: 'f1', status: 'firing', startsAt: '2026-11-18T10:00:00Z' };
  const alerts = [{ ...alert, labels: { alertname: 'Lost', instance: 'n1' } }];
  const event = { at: '2026-11-18T10:00:30Z', source: 'alertmanager', alerts };
  return { events: Array.from({ length: system.alerts }, () => event) };
}

let template: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const route = new URL(request.url ?? '', 'http://localhost').pathname;
    void answerTo(route).then((body) => response.end(JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  template = await mkdtemp(path.join(tmpdir(), 'poolkeeper-deploy-'));
  folder = template;
  await mkdir(path.join(folder, 'node_modules/serverless/bin'), { recursive: true });
  await writeFile(path.join(folder, 'node_modules/serverless/bin/serverless.js'), FRAMEWORK);
  await writeFile(path.join(folder, 'package.json'), '{}');
  git('init', '-q');
  await commit(CAREFUL);
  await commit(`# another day\n${CAREFUL}`);
  await writeFile(path.join(folder, 'poolkeeper.yml'), RULES);
});
afterAll(async () => {
  server.close();
  await rm(template, { recursive: true });
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-deploy-'));
  await cp(template, folder, { recursive: true });
  system = { version: versionOf(CAREFUL), simulated: false, alerts: 1, arrives: true };
  return () => rm(folder, { recursive: true });
});

async function deploy(args: string[], given: Given = {}) {
  const { port } = server.address() as AddressInfo;
  const result = await runCli(['deploy', '--stage', 'prod', '--assume', 'helps=100%,fails=0%', ...args], {
    directory: folder,
    clock: { now: () => NOW, sleep: () => Promise.resolve() },
    ...given,
    home: { root: folder, data: folder, ...given.home },
    environment: {
      POOLKEEPER_URL: `http://127.0.0.1:${port}`,
      POOLKEEPER_CONSOLE_TOKEN: TOKEN,
      ...given.environment,
    },
  });
  const deployed = existsSync(order()) ? JSON.parse(await readFile(order(), 'utf8')) : undefined;
  return { ...result, deployed };
}

test('checks, tests, compares with the rules in force, replays, asks, deploys, and looks at the result', async () => {
  await writeFile(path.join(folder, 'poolkeeper.tests.yml'), TESTS('[{ nodes: [train-a-1] }]'));
  const { output, errors, code, deployed } = await deploy(
    ['--param', 'alarmEmail=ada@example.com', '--region', 'eu-west-1'],
    { answers: ['yes'] },
  );
  expect(output).toMatch(
    new RegExp(
      [
        `^rules +poolkeeper\\.yml is valid: 1 rule for 2 pools, version ${versionOf(RULES)}`,
        'tests +poolkeeper\\.tests\\.yml: 1 of 1 test passed',
        `in force +version ${versionOf(CAREFUL)}, from commit \\w+ of \\d{4}-\\d\\d-\\d\\d`,
        'change +1 difference\\n +1 rule now acts: lost',
        'replay +1 alert since 2026-11-13T12:00Z: 1 call, 1 node in destructive ones',
        ' +nodes in destructive calls: 0 → 1\\n +n1\\n +- .*only observed.*\\n +\\+ .*succeeded',
        'deploy +POOLKEEPER_CONFIG=\\S+ npx serverless deploy --stage prod --region eu-west-1 --param=alarmEmail=ada@example\\.com',
        `done +http\\S+ has the rules ${versionOf(RULES)}`,
      ].join('[^]*\\n'),
    ),
  );
  expect(errors).toMatch(
    /More is done without a person: 1 rule now acts: lost; .*Deploy poolkeeper\.yml to prod\?/,
  );
  expect(code).toBe(0);
  expect(deployed).toEqual({
    args: ['deploy', '--stage', 'prod', '--region', 'eu-west-1', '--param=alarmEmail=ada@example.com'],
    config: path.join(folder, 'poolkeeper.yml'),
  });
});

test('as JSON, its result is all of standard output', async () => {
  const { output, errors, code } = await deploy(['--json', '--yes']);
  expect(code).toBe(0);
  expect(JSON.parse(output)).toEqual({
    stage: 'prod',
    rules: { file: 'poolkeeper.yml', version: versionOf(RULES) },
    differences: ['1 rule now acts: lost'],
    risks: [expect.stringContaining('rule now acts: lost'), expect.stringContaining('in the replay')],
    deployed: true,
  });
  expect(errors).toContain('npx serverless deploy --stage prod');
});

test('the settings of the stage name the rules, and --rules must not name others', async () => {
  await writeFile(path.join(folder, 'settings.prod.yml'), 'rules: rules-of-prod.yml\n');
  await writeFile(path.join(folder, 'rules-of-prod.yml'), RULES);
  const { output } = await deploy(['--first', '--dry-run']);
  expect(output).toContain('rules-of-prod.yml is valid');
  const { code, errors } = await deploy(['--first', '--dry-run', '--rules', 'poolkeeper.yml']);
  expect(code).toBe(2);
  expect(errors).toContain(
    'settings.prod.yml names the rules rules-of-prod.yml, and --rules names poolkeeper.yml',
  );
});

test.each<
  [
    string,
    { rules?: string; tests?: string; args?: string[]; given?: Given; alerts?: number },
    RegExp,
    number,
  ]
>([
  [
    'the rules have a mistake',
    { rules: RULES.replace('mode: act', 'mode: acts') },
    /poolkeeper\.yml has 1 mistake\. Nothing was deployed\./,
    1,
  ],
  ['there is no rules file', { args: ['--rules', 'none.yml'] }, /none\.yml cannot be read/, 2],
  ['a warning counts', { args: ['--strict'] }, /has \d warnings\. Nothing was deployed\./, 1],
  ['a test fails', { tests: TESTS('[]') }, /1 test failed\. Nothing was deployed\./, 1],
  [
    'the tests are for other rules',
    { tests: TESTS('[]').replace('rules: poolkeeper.yml', 'rules: other.yml') },
    /other\.yml/,
    2,
  ],
  [
    'a condition of the replay applies',
    { args: ['--fail-on', 'more-destructive'] },
    /--fail-on more-destructive: .*\nThe replay failed\. Nothing was deployed\./,
    1,
  ],
  ['the person declines', { given: { answers: ['no'] } }, /Nothing was done\./, 7],
  ['there is no person to ask', {}, /add --yes if you mean it/, 7],
  [
    'the framework fails',
    { args: ['--yes'], given: { environment: { FAKE_CODE: '3' } } },
    /the Serverless Framework ended with 3/,
    1,
  ],
  [
    'no system is named',
    { given: { environment: { POOLKEEPER_URL: '' } } },
    /Name the system of the stage prod with --url/,
    2,
  ],
  ['it is not in a checkout', { given: { home: { isCheckout: false } } }, /needs the sources/, 2],
  [
    '--against is not in force',
    { args: ['--against', 'poolkeeper.yml'] },
    /has the version \w+, but the rules in force are \w+/,
    2,
  ],
])('stops if %s', async (_name, { rules, tests, args = [], given = {} }, expected, code) => {
  if (rules !== undefined) await writeFile(path.join(folder, 'poolkeeper.yml'), rules);
  if (tests !== undefined) await writeFile(path.join(folder, 'poolkeeper.tests.yml'), tests);
  const result = await deploy(args, given);
  expect(result.errors).toMatch(expected);
  expect(result.code).toBe(code);
  if (!args.includes('--yes')) expect(result.deployed).toBeUndefined();
});

test('--dry-run does everything but the deployment', async () => {
  const { output, code, deployed } = await deploy(['--dry-run']);
  expect(output).toMatch(/replay .*\n[^]*\+ .*succeeded[^]*Nothing was deployed, because of --dry-run\.\n$/);
  expect([code, deployed]).toEqual([0, undefined]);
});

test('asks nothing and replays nothing if the rules stay the same', async () => {
  system.version = versionOf(RULES);
  const { output, code, deployed } = await deploy([]);
  expect(output).toMatch(/in force +version \w+, from poolkeeper\.yml as it is\nchange +none[^]*\ndone/);
  expect(output).not.toContain('replay');
  expect([code, deployed?.args]).toEqual([0, ['deploy', '--stage', 'prod']]);
});

test('finds the rules of the last deployment from here, although they are in no commit', async () => {
  await deploy(['--yes']);
  await writeFile(path.join(folder, 'poolkeeper.yml'), CAREFUL);
  await rm(order());
  system.version = versionOf(RULES);
  const { output, code } = await deploy([]);
  expect(output).toMatch(
    /in force .*from the last deployment from here\nchange +1 difference\n +1 rule now only observes: lost/,
  );
  expect(code).toBe(0);
});

test('says which rules it misses, and takes a file of the user for an older system', async () => {
  system.version = '000000000000';
  expect((await deploy([])).errors).toMatch(
    /rules in force have the version 000000000000\. No commit of poolkeeper\.yml has it/,
  );
  delete system.version;
  expect((await deploy([])).errors).toMatch(/does not say which rules it has.*--against/);
  await writeFile(path.join(folder, 'old.yml'), CAREFUL);
  const { output } = await deploy(['--against', 'old.yml', '--dry-run']);
  expect(output).toMatch(/in force +old\.yml, version \w+\n[^]*1 rule now acts: lost/);
});

test('goes on without a replay if no alert has come', async () => {
  system.alerts = 0;
  const { output } = await deploy(['--dry-run', '--since', '2d']);
  expect(output).toContain(
    'replay    no alert has come since 2026-11-18T12:00Z, so there is nothing to replay\n',
  );
});

test('the first deployment of a stage asks no system', async () => {
  const { output, errors, code, deployed } = await deploy(['--first'], {
    answers: ['yes'],
    environment: { POOLKEEPER_URL: 'http://127.0.0.1:1' },
  });
  expect(errors).toContain('This makes the stage prod, if there is none.');
  expect(output).not.toContain('in force');
  expect([code, deployed?.args]).toEqual([0, ['deploy', '--stage', 'prod']]);
});

test('a system with a simulator is no deployment, and one that keeps its rules is another stage', async () => {
  system.simulated = true;
  expect(await deploy([])).toMatchObject({
    code: exitCodes.usage.code,
    errors: expect.stringContaining('simulator'),
  });
  Object.assign(system, { simulated: false, arrives: false });
  const { errors, code } = await deploy(['--yes']);
  expect(errors).toMatch(/has the rules \w+, not \w+\. Check that --url and --stage belong together\./);
  expect(code).toBe(1);
});
