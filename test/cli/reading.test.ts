import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodes } from '#cli/exit-codes';
import { createBench, firing, nodeName } from '#test/remediation/bench';
import { type ServedConsole, serveConsole, TOKEN } from './served-console.ts';
import { type Given, runCli } from './surroundings.ts';

type Bench = ReturnType<typeof createBench>;

const NODE = nodeName(1);
const IGNORED = nodeName(2);
const WATCHED = nodeName(3);

let bench: Bench;
let system: ServedConsole;
let folder: string;

beforeAll(async () => {
  bench = createBench();
  for (const node of bench.nodes.values()) node.phase = node.name === NODE ? 'Abnormal' : 'Available';
  await bench.receive(firing(NODE));
  await bench.receive(
    firing(IGNORED, { alertname: 'NoRuleForThis' }),
    firing(WATCHED, { alertname: 'Watched' }),
  );
  await bench.advance(5_000);
  system = await serveConsole(bench);
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-cli-'));
});
afterAll(async () => {
  await system[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const ask = (args: readonly string[], given: Given = {}) =>
  runCli(args, {
    environment: { POOLKEEPER_URL: system.url, POOLKEEPER_CONSOLE_TOKEN: `ada:admin:${TOKEN}` },
    clock: { now: bench.now, sleep: () => Promise.resolve() },
    directory: folder,
    ...given,
  });
const json = async (args: readonly string[]) => JSON.parse((await ask([...args, '--json'])).output);
const idOf = (node: string) => bench.remediations().find((one) => one.nodes?.includes(node))!.id;

describe('status', () => {
  test('shows the pool with its budget, the work, and the caller', async () => {
    const { output, code } = await ask(['status']);
    expect(code).toBe(0);
    expect(output).toContain(', rules 3fa9c1d2e4b5; you are ada (admin)');
    expect(output).toMatch(
      /train-a {2}120 nodes: 119 well, 1 being worked on\n {2}budget {2}1 of at most 120/,
    );
    expect(output).toMatch(
      new RegExp(`In progress 1\\n {2}${idOf(NODE).slice(0, 12)} reset-nodes ${NODE} in train-a`),
    );
    expect(output).toContain('Waiting for you\n  Nothing.');
  });

  test('as JSON has all of it', async () => {
    const status = await json(['status']);
    expect(status).toMatchObject({
      url: system.url,
      me: { name: 'ada', role: 'admin' },
      pools: [{ name: 'train-a', nodes: { total: 120 } }],
      wrong: [],
      inWork: [{ id: idOf(NODE), nodes: [NODE] }],
      forYou: { approvals: [], needsPerson: [], deadLetters: [] },
    });
  });

  test('with --check fails only for a grave thing', async () => {
    expect((await ask(['status', '--check'])).code).toBe(0);
    const broken = createBench();
    for (const node of broken.nodes.values()) node.phase = node.name === NODE ? 'Abnormal' : 'Available';
    await broken.receive(firing(nodeName(5)));
    await broken.advance(5_000);
    await using other = await serveConsole(broken);
    const environment = { POOLKEEPER_URL: other.url, POOLKEEPER_CONSOLE_TOKEN: TOKEN };
    const { output, code } = await ask(['status', '--check'], { environment });
    expect(output).toContain('✗ train-a: 1 node is out of service, and not by Poolkeeper.');
    expect(code).toBe(exitCodes.finding.code);
  });
});

describe('list', () => {
  test('shows the newest, with the beginnings of their ids, in 80 columns', async () => {
    const { output } = await ask(['list'], { columns: 80 });
    expect(output).toMatch(/^ID +ACCEPTED +STATE +COMMAND\n/);
    expect(output).toContain(idOf(NODE).slice(0, 12));
    expect(output.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('filters, and names an unknown pool', async () => {
    expect(await json(['list', '--state', 'observed'])).toMatchObject({
      remediations: [{ id: idOf(WATCHED) }],
      more: false,
      unreadable: [],
    });
    expect((await json(['list', '--limit', '1'])).more).toBe(true);
    expect((await ask(['list', '--since', '1s'])).output).toContain('There is no such remediation.');
    expect((await ask(['list', '--pool', 'typo'])).code).toBe(exitCodes.unknown.code);
    expect((await ask(['list', '--state', 'done'])).code).toBe(exitCodes.refused.code);
    expect((await ask(['list', '--limit', '0'])).code).toBe(exitCodes.usage.code);
    expect((await ask(['list', '--since', 'soon'])).errors).toContain('"soon" is no time. Write it as');
  });
});

describe('show', () => {
  test('takes the beginning of an id, and shows the report as sentences', async () => {
    const { output, code } = await ask(['show', idOf(NODE).slice(0, 8), '--guards'], { columns: 80 });
    expect(code).toBe(0);
    expect(output).toContain(`reset-nodes of ${NODE} in pool train-a: `);
    expect(output).toContain('rule card-lost (alertmanager, 1 alert)');
    expect(output).toMatch(/✓ /);
    expect(output.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(await json(['show', idOf(NODE)])).toMatchObject({ id: idOf(NODE), receipts: expect.any(Array) });
  });

  test('knows no other id', async () => {
    const { errors, code } = await ask(['show', 'nothing-like-it']);
    expect(errors).toContain('There is no remediation nothing-like-it');
    expect(code).toBe(exitCodes.unknown.code);
  });
});

describe('why', () => {
  test('says of an ignored alert that it had no effect, and the reason', async () => {
    const { output, code } = await ask(['why', IGNORED]);
    expect(code).toBe(0);
    expect(output).toContain('It led to no remediation.');
    expect(output).toContain('1 alert had no effect: No rule matches it.');
    expect(output).toMatch(/firing +NoRuleForThis from alertmanager: no effect: no rule matches it/);
  });

  test('finds by fingerprint and by id, and gives the facts as JSON', async () => {
    const [alert] = bench.remediations().find(({ nodes }) => nodes?.includes(NODE))!.alerts;
    expect((await ask(['why', alert!.fingerprint])).output).toContain('CardLost');
    const known = await json(['why', idOf(NODE)]);
    expect(known).toMatchObject({
      kind: 'remediation',
      answer: expect.arrayContaining([expect.stringContaining('comes from the rule card-lost')]),
      events: [{ alerts: [{ remediation: idOf(NODE) }] }],
    });
  });

  test('at a time shows only what happened around it', async () => {
    const at = new Date(bench.now()).toISOString();
    const { output } = await ask(['why', NODE, '--at', at]);
    expect(output).toMatch(/1 alert about .* came between .* and .*It led to a remediation\./s);
    expect(output).toContain('decision');
    const early = await ask(['why', NODE, '--at', '5h', '--around', '10m']);
    expect(early.output).toContain(`No alert about ${NODE} came between`);
  });

  test('knows nothing about a stranger, and says what may be the cause', async () => {
    expect((await ask(['why', '10.99.0.1'])).output).toMatch(
      /knows nothing about 10\.99\.0\.1.*names the node in another way/s,
    );
  });
});

describe('watch', () => {
  test('tells each change once, asks with the tag, and ends by its signal', async () => {
    const stopping = new AbortController();
    let rounds = 0;
    const before = system.requests.length;
    const { output, code } = await ask(['watch'], {
      signal: stopping.signal,
      clock: {
        now: bench.now,
        async sleep() {
          rounds += 1;
          if (rounds === 2) await bench.receive(firing(nodeName(9), { alertname: 'Watched' }));
          if (rounds === 4) {
            stopping.abort();
            stopping.signal.throwIfAborted();
          }
        },
      },
    });
    const id = bench.remediations().find(({ nodes }) => nodes?.includes(nodeName(9)))!.id;
    expect(output.split(id.slice(0, 12))).toHaveLength(2);
    expect(code).toBe(0);
    expect(system.requests.slice(before).filter((line) => line.endsWith('304'))).toHaveLength(2);
  });

  test('ends when its token is refused, and goes on when the system is away', async () => {
    const environment = { POOLKEEPER_URL: system.url, POOLKEEPER_CONSOLE_TOKEN: 'w'.repeat(32) };
    expect((await ask(['watch'], { environment })).code).toBe(exitCodes.credential.code);
  });
});

describe('export', () => {
  test('writes nodes, deliveries and remediations as JSON lines, the first about itself', async () => {
    const lines = (await ask(['export'])).output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ kind: 'export', form: 1, pools: [{ name: 'train-a' }] });
    const kinds = Map.groupBy(lines, ({ kind }) => kind);
    expect(kinds.get('node')).toHaveLength(120);
    expect(kinds.get('delivery')!.flatMap(({ alerts }) => alerts).length).toBeGreaterThanOrEqual(3);
    expect(kinds.get('remediation')!.map(({ id }) => id)).toContain(idOf(NODE));
  });

  test('into a file that only its user can read, with some kinds only', async () => {
    const { output, errors } = await ask([
      'export',
      '--output',
      'out.jsonl',
      '--only',
      'remediation,delivery',
    ]);
    expect(output).toBe('');
    expect(errors).toMatch(/^out\.jsonl: \d+ deliveries, \d+ remediations, 0 nodes\n$/);
    const file = path.join(folder, 'out.jsonl');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).not.toContain('"kind":"node"');
  });

  test('refuses an empty span and an unknown pool', async () => {
    expect((await ask(['export', '--since', '1h', '--until', '2h'])).code).toBe(exitCodes.usage.code);
    expect((await ask(['export', '--pool', 'typo'])).code).toBe(exitCodes.unknown.code);
  });
});

describe('the system of a command', () => {
  test('must be there, and must answer', async () => {
    const none = await ask(['status'], { environment: {} });
    expect(none.errors).toMatch(/^No system runs here: .*poolkeeper start.*--url/s);
    expect(none.code).toBe(exitCodes.unreachable.code);
    const away = { POOLKEEPER_URL: 'http://127.0.0.1:1', POOLKEEPER_CONSOLE_TOKEN: TOKEN };
    expect((await ask(['status'], { environment: away })).errors).toContain(
      'No server answers at http://127.0.0.1:1.',
    );
    expect((await ask(['status', '--url', 'example.com'])).code).toBe(exitCodes.usage.code);
    expect((await ask(['status', '--url', 'https://ada:secret@example.com'])).errors).not.toContain('secret');
  });

  test('needs a token: from the environment, or from a file that it warns about if others may read it', async () => {
    const environment = { POOLKEEPER_URL: system.url };
    expect((await ask(['status'], { environment })).code).toBe(exitCodes.credential.code);
    const file = path.join(folder, 'token');
    await writeFile(file, `${TOKEN}\n`, { mode: 0o644 });
    const { code, errors } = await ask(['status', '--token-file', 'token'], { environment });
    expect(code).toBe(0);
    expect(errors).toContain('chmod 600 token');
    await writeFile(file, 'two words');
    expect((await ask(['status', '--token-file', 'token'], { environment })).code).toBe(exitCodes.usage.code);
  });

  test('has no flag for a token on the command line', async () => {
    const { errors, code } = await ask(['status', '--token', TOKEN]);
    expect(code).toBe(exitCodes.usage.code);
    expect(errors).not.toContain(TOKEN);
  });
});
