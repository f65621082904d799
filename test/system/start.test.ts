import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exitCodes } from '#cli/exit-codes';
import { type Simulator, startSimulator } from '#local/simulator/simulator';
import { type Ran, runCli } from '#test/cli/surroundings';
import { isAlive } from '#test/local/fixture';
import { copyCheckout, countingServer, descendantsOf, freePort, runProgram } from '#test/start/checkout';

let checkout: Awaited<ReturnType<typeof copyCheckout>>;
beforeAll(async () => {
  checkout = await copyCheckout();
});
afterAll(() => checkout[Symbol.asyncDispose]());

const start = (environment: Record<string, string>) =>
  runProgram(checkout.dir, ['cli/poolkeeper.ts', 'start'], environment);
const asProgram = (...args: string[]) => runProgram(checkout.dir, ['cli/poolkeeper.ts', ...args]);
/** Runs a command in this process, as most of them do here: a program of its own loads all the code anew. */
const command = (args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> =>
  runCli(args, {
    environment,
    directory: checkout.dir,
    home: { root: checkout.dir, data: checkout.dir },
  });
const refusedStart = (environment: Record<string, string>, ...args: string[]) =>
  command(['start', ...args], environment);
const send = (...args: string[]) => command(['send', ...args]);
const inCheckout = (file: string) => path.join(checkout.dir, file);
const inData = (file: string) => path.join(checkout.dir, '.poolkeeper', file);
const systemFile = () => inData('system.json');

/** Sends the alert of the sample about another node, and gives the outcome. */
async function alertAbout(node: string): Promise<string> {
  const sample = await readFile(path.join(checkout.dir, 'events/alerts/observed.json'), 'utf8');
  const file = inCheckout(`events/alert-${node}.json`);
  await writeFile(
    file,
    sample.replaceAll('os-node-created-6plv8', `os-node-created-${node}`).replace('d091d591411f784b', node),
  );
  return outputOf(await send(file));
}

/** The output of a command that ends well. */
function outputOf({ code, output, errors }: Ran): string {
  expect(code, errors).toBe(0);
  return output;
}

/** The errors of a command that ends with one. */
function complaintOf({ code, errors }: Ran, expected: number = exitCodes.usage.code): string {
  expect(code, errors).toBe(expected);
  return errors;
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  const listening = await Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ]);
  server.close();
  return listening;
}

it('tells the story of a faulty node to its end, takes samples, and leaves nothing behind', async () => {
  const port = await freePort();
  await using program = start({ PORT: String(port) });
  const story = await program.saw('Every change of state shows here.');
  expect(story).toMatch(
    /alert accepted.*decision.*guards.*All \d+ guards allow it.*intent.*batch-reset sent.*job succeeded.*node healthy.*succeeded/s,
  );
  expect(story).toContain('runs 60 times as fast');
  expect(story).toBe(stripVTControlCharacters(story).replaceAll('\r', ''));
  expect((await stat(systemFile())).mode & 0o777).toBe(0o600);

  await using again = asProgram('send', 'events/alerts/npu-card-lost.json');
  expect(await again.ended).toBe(0);
  expect(again.output()).toMatch(
    /\d+ of \d+ guards objects?.*✗ cooldown: reset-nodes of remediation.*deferred.*It goes on by itself/s,
  );
  const observed = outputOf(await send(inCheckout('events/alerts/observed.json')));
  expect(observed).toMatch(/observed +The command says observe; reset-nodes would have been called/);
  await program.saw('observed           reset-nodes os-node-created-6plv8');
  await using asJson = asProgram('send', 'events/commands/update-nodes.json', '--json');
  expect(await asJson.ended).toBe(0);
  const everything = asJson.output();
  expect(JSON.parse(everything.slice(0, everything.length - asJson.errors().length))).toMatchObject({
    file: 'events/commands/update-nodes.json',
    remediations: [{ action: 'update-nodes', state: 'succeeded' }],
  });
  expect(asJson.errors()).toContain('succeeded');

  const policy = outputOf(await send(inCheckout('events/tag-policies/organization.json')));
  expect(policy).toMatch(
    /more: The command update-nodes createTags CostCenter=100 env=prod follows from the tag policy.*answer +ModelArts answered with success for 128 nodes.*succeeded/s,
  );
  const run = outputOf(await send(inCheckout('events/schedules/tag-policies.json')));
  expect(run).toMatch(
    /more: The command update-nodes createTags Quarantine=yes follows from the tag policy.*observed/s,
  );
  const firing = outputOf(await send(inCheckout('events/schedules/shrink-at-night.json')));
  expect(firing).toMatch(/gave the command update-node-pool.*plan +count 32 → 2.*observed/s);

  const deletion = outputOf(await send(inCheckout('events/commands/delete-node-pool.json')));
  expect(deletion).toMatch(/plan +deletes np-1 with its 32 nodes.*awaiting-approval.*To reject it:/s);
  const [, token, decision, approve] =
    /Bearer (\S+)' \\\n +-d '(.*)' \\\n +(http\S+\/approve)\n/.exec(deletion) ?? [];
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(approve!, { method: 'POST', headers, body: decision! })).status).toBe(202);
  await program.saw('succeeded          delete-node-pool node pool np-1');

  const unknown = { schedule: 'none', scheduledAt: '2026-11-20T19:00:00Z' };
  await writeFile(path.join(checkout.dir, 'unknown-schedule.json'), JSON.stringify(unknown));
  expect(complaintOf(await send(inCheckout('unknown-schedule.json')))).toMatch(
    /has no schedule "none": .*dead letters\.\n$/,
  );
  await writeFile(path.join(checkout.dir, 'bad-command.json'), '{ "action": "reset-nodes", "pool": "none" }');
  expect(complaintOf(await send(inCheckout('bad-command.json')), exitCodes.refused.code)).toMatch(
    /^400 Bad Request: .*\n {2}nodes: .*/,
  );

  const rulesFile = path.join(checkout.dir, 'poolkeeper.yml');
  const rules = await readFile(rulesFile, 'utf8');
  const ofFaults = /(name: npu-faults[^]*?mode: )observe/;
  // An editor saves by a rename.
  await writeFile(`${rulesFile}~`, rules.replace(ofFaults, '$1approve'));
  await rename(`${rulesFile}~`, rulesFile);
  await program.saw('1 rule now waits for a person: npu-faults');
  expect(await alertAbout('pgsp2')).toMatch(
    /The rule npu-faults chose .* in mode approve.*awaiting-approval/s,
  );
  await writeFile(rulesFile, rules.replace(ofFaults, '$1approved'));
  expect(await program.saw('did you mean "approve"?')).toMatch(
    /poolkeeper\.yml has 1 mistake: the rules \w+ stay in force\n +poolkeeper\.yml:\d+:\d+ rules\[2\]\.mode: /,
  );
  expect(await alertAbout('rf4xx')).toMatch(/in mode approve.*awaiting-approval/s);
  await writeFile(rulesFile, rules);
  await program.saw('1 rule now only observes: npu-faults');
  expect(await alertAbout('98hch')).toMatch(/in mode observe.*observed/s);

  const second = await refusedStart({ PORT: String(await freePort()) }, '--json');
  expect(complaintOf(second, exitCodes.finding.code)).toMatch(
    /^Poolkeeper already runs here, at http:\S+ \(process \d+\): .*\n$/,
  );

  const children = descendantsOf(program.process.pid!);
  expect(children.length).toBeGreaterThan(0);
  program.process.kill('SIGINT');
  program.process.kill('SIGINT');
  expect(await program.ended).toBe(0);
  expect(children.filter(isAlive)).toEqual([]);
  expect(await canListen(port)).toBe(true);
  expect(existsSync(systemFile())).toBe(false);
  expect(program.errors()).toBe('');
});

const keysOf = ({ url, credentials, projectId }: Simulator) => ({
  MODELARTS_ENDPOINT: url,
  HUAWEICLOUD_SDK_AK: credentials.accessKey,
  HUAWEICLOUD_SDK_SK: credentials.secretKey,
  HUAWEICLOUD_SDK_PROJECT_ID: projectId,
});

it('only reads from an API that is given, keeps tokens and log over a kill, and sends no sample unasked', async () => {
  // The simulator as the real API.
  await using api = await startSimulator();
  const [node] = api.control.state().pools[0]!.nodes;
  api.control.changeNode(node!.name, { privateIp: '' });
  const environment = {
    PORT: '0',
    ...keysOf(api),
    POOLKEEPER_WEBHOOK_TOKEN: 'first-webhook-token-of-the-start-test,second-webhook-token-of-the-start-test',
  };
  await using first = start(environment);
  const output = await first.saw('Every change of state shows here.');
  expect(output).toContain('The system sends no alert by itself.');
  expect(output).toMatch(
    /^ {2}ModelArts: 8 of 9 checks passed\n {2}! addresses of train-a: 1 node shows no address\n/m,
  );
  expect(output).toMatch(/^ {2}picked up +nothing is open$/m);
  expect(output).toMatch(/^ {2}console token +in \.poolkeeper\/tokens\/console {2}\(kept; /m);
  expect(output).toMatch(/webhook_configs:\n +- url: http:\/\/127\.0\.0\.1:\d+\/alerts\/alertmanager/);
  for (const secret of [
    api.credentials.accessKey,
    api.credentials.secretKey,
    'webhook-token-of-the-start-test,',
    'first-webhook-token',
  ]) {
    expect(output).not.toContain(secret);
  }
  expect(JSON.parse(await readFile(systemFile(), 'utf8'))).not.toHaveProperty('simulatorUrl');
  const token = (await readFile(inData('tokens/console'), 'utf8')).trim();
  const logged = await readFile(inData('functions.log'), 'utf8');
  expect(output).not.toContain(token);
  expect((await stat(inData('tokens/console'))).mode & 0o777).toBe(0o600);

  first.process.kill('SIGKILL');
  await first.ended;
  await using program = start(environment);
  expect(await program.saw('Every change of state shows here.')).toContain(
    'functions unchanged since the last start',
  );
  const { url } = JSON.parse(await readFile(systemFile(), 'utf8'));
  const asked = await fetch(`${url}/remediations`, { headers: { authorization: `Bearer ${token}` } });
  expect(asked.status).toBe(200);
  expect((await readFile(inData('functions.log'), 'utf8')).startsWith(logged)).toBe(true);

  const taken = outputOf(await command(['backup', inData('a.backup'), '--json']));
  expect(JSON.parse(taken)).toMatchObject({ running: true, tokens: ['console'] });
  const refused = await command(['restore', inData('a.backup')]);
  expect(complaintOf(refused)).toMatch(/^A system runs there, as process \d+: end it first .*\n$/);
  const restored = await command(['restore', inData('a.backup'), '--data', inData('elsewhere')]);
  expect(outputOf(restored)).toMatch(
    /^The ledger of 20\S+Z is restored: \d+ items\. .*and no node is called\.\n.*restored-rules\.yml/s,
  );

  const unasked = await send(inCheckout('events/alerts/by-address.json'));
  expect(complaintOf(unasked, exitCodes.unconfirmed.code)).toMatch(
    /^http:\S+ calls the real API of ModelArts: .* add --yes if you mean it\.\n$/,
  );

  program.process.kill('SIGTERM');
  expect(await program.ended).toBe(0);
  expect(program.output()).toMatch(/\nUntil then no alert is received .*\nPoolkeeper has ended\.\n$/s);
  const { requests, jobs } = api.control.state();
  expect({ methods: new Set(requests.map(({ method }) => method)), jobs }).toEqual({
    methods: new Set(['HEAD', 'GET']),
    jobs: [],
  });
});

it('ends in the middle of the build, too', async () => {
  await rm(inData('start/built.json'));
  await using program = start({ PORT: '0' });
  await program.saw('checked in');
  await expect.poll(() => descendantsOf(program.process.pid!).length).toBeGreaterThan(0);
  const children = descendantsOf(program.process.pid!);
  program.process.kill('SIGHUP');
  expect(await program.ended).toBe(0);
  await expect.poll(() => children.filter(isAlive)).toEqual([]);
  expect(program.errors()).toBe('');
});

it('says in one line what keeps it from starting', async () => {
  await using taken = await countingServer();
  await writeFile(
    path.join(checkout.dir, 'bad.yml'),
    'pools:\n  a:\n    id: short\nrules:\n  - name: r\n    ladder: []\n',
  );
  expect(complaintOf(await refusedStart({ PORT: String(taken.port) }), exitCodes.finding.code)).toMatch(
    new RegExp(`^Port ${taken.port} is already in use: .*--port ${taken.port + 1}\\n$`),
  );
  expect(complaintOf(await refusedStart({ PORT: '0', HOST: '203.0.113.7' }), exitCodes.finding.code)).toMatch(
    /^This machine does not have the address 203\.0\.113\.7: give --host \(HOST\) one of its addresses\n$/,
  );
  expect(complaintOf(await refusedStart({ PORT: '0' }, '--json', '--log', '-'))).toMatch(
    /^--json and a log on standard output exclude each other/,
  );
  expect(complaintOf(await refusedStart({ PORT: 'http' }))).toMatch(
    /^A setting is wrong: PORT \(--port\) must be a port, 0 to 65535\n$/,
  );
  expect(
    complaintOf(await refusedStart({ PORT: '0', MODELARTS_ENDPOINT: 'https://modelarts.example.com' })),
  ).toMatch(
    /^.*HUAWEICLOUD_SDK_PROJECT_ID is not set; HUAWEICLOUD_SDK_AK is not set; HUAWEICLOUD_SDK_SK is not set\. MODELARTS_ENDPOINT is set, .* it runs with a simulator\.\n$/,
  );
  await using api = await startSimulator();
  const wrong = { PORT: '0', ...keysOf(api), HUAWEICLOUD_SDK_SK: 'another-secret-key' };
  expect(complaintOf(await refusedStart(wrong), exitCodes.credential.code)).toMatch(
    /^Poolkeeper has not started, because no call could succeed: pool train-a: .*The API refuses the key\. .*`poolkeeper doctor` checks it again\.\n$/,
  );
  expect(complaintOf(await refusedStart({ PORT: '0', POOLKEEPER_CONFIG: 'no-such.yml' }))).toMatch(
    /^There is no rules file .*POOLKEEPER_CONFIG.*\n$/,
  );
  const mistakes = complaintOf(await refusedStart({ PORT: '0', POOLKEEPER_CONFIG: 'bad.yml' }))
    .trimEnd()
    .split('\n');
  expect(mistakes.pop()).toBe(
    'Poolkeeper has not started: correct bad.yml. `poolkeeper validate bad.yml` checks it without a start.',
  );
  expect(mistakes.length).toBeGreaterThan(1);
  for (const mistake of mistakes) expect(mistake).toMatch(/^bad\.yml:\d+:\d+ .+/);
});

it('send says what it cannot do', async () => {
  await writeFile(path.join(checkout.dir, 'broken.json'), '{');
  expect(complaintOf(await send('events/alerts/resolved.json'), exitCodes.unreachable.code)).toMatch(
    /^No system runs here: .*\n$/,
  );
  expect(complaintOf(await send('events/none.json'))).toMatch(
    /^There is no file and no sample events\/none\.json\. `poolkeeper send --list` lists the samples\.\n$/,
  );
  expect(complaintOf(await send('events/alerts/grup.json'))).toContain(
    'did you mean events/alerts/group.json?',
  );
  expect(complaintOf(await send(inCheckout('broken.json')))).toMatch(/^\S+\/broken\.json is not JSON: .*\n$/);
  expect(complaintOf(await send(inCheckout('package.json')))).toMatch(
    /^\S+\/package\.json is not a payload: alerts have a list "alerts" or are a list, .*\n$/,
  );
});

it('writes nothing outside of .poolkeeper', async () => {
  const expected = [
    '.poolkeeper',
    'bad-command.json',
    'bad.yml',
    'broken.json',
    'cli',
    'console',
    'events',
    'functions',
    'lib',
    'local',
    'node_modules',
  ];
  expect((await readdir(checkout.dir)).sort()).toEqual(
    [...expected, 'package.json', 'poolkeeper.yml', 'serverless.yml', 'unknown-schedule.json'].sort(),
  );
});
