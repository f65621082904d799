import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandTable } from '#cli/command-table';
import { exitCodes } from '#cli/exit-codes';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');

// The package as a user installs it: in a folder that knows nothing of the checkout.

// In plain JavaScript, which has no types here.
const { NODE_PACKAGES } = await import(pathToFileURL(path.join(root, 'cli/platform.mjs')).href);
const nodePackages: string[] = Object.values(NODE_PACKAGES);

let folder: string;
let packed: { filename: string; size: number; files: { path: string }[] };

/** A variable of the checkout's own system would lead the package to it. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(POOLKEEPER_|HUAWEICLOUD_|MODELARTS_|PORT$|npm_|FORCE_COLOR$)/.test(name),
  ),
);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-package-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    env: environment,
  });
  packed = JSON.parse(stdout.slice(stdout.indexOf('[')))[0];
  const install = [
    'install',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    // Node.js 24 for this platform has two hundred megabytes. The checkout has it already.
    '--omit=optional',
    path.join(folder, packed.filename),
  ];
  await run('npm', install, { cwd: folder, env: environment });
  for (const name of nodePackages) {
    const here = path.join(root, 'node_modules', name);
    if (existsSync(here)) await symlink(here, path.join(folder, 'node_modules', name));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the installed `poolkeeper …` in the folder, as `npx` does. */
async function poolkeeper(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  try {
    const { stdout, stderr } = await run(path.join(folder, 'node_modules/.bin/poolkeeper'), args, {
      cwd: folder,
      env: environment,
    });
    return { code: 0, output: stdout, errors: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout, errors: stderr };
  }
}

/** Tests of own.yml that expect a lost card to end in this state. */
function testsThatExpect(state: string): string {
  return `rules: own.yml
tests:
  - name: a lost card is only recorded
    alerts: [{ labels: { alertname: NT_NPU_CARD_LOSE, instance: train-a-1 } }]
    expect: [{ at: 1h, calls: [], remediations: [{ rule: npu-faults, state: ${state} }] }]
`;
}

describe('the package', () => {
  it('holds JavaScript alone, and neither tests nor secrets', () => {
    const paths = packed.files.map((file) => file.path);
    expect(paths).toContain('cli/launch.mjs');
    expect(paths).toContain('package/cli/poolkeeper.mjs');
    // local/replay/run-replays.ts begins it by this name.
    expect(paths).toContain('package/cli/replay-thread.mjs');
    expect(
      paths.filter((file) => file.endsWith('.ts') || /^(test|lib|local)\/|\.env|system\.json/.test(file)),
    ).toEqual([]);
    expect(packed.size).toBeLessThan(5_000_000);
  });

  it('installs no library that only development needs', async () => {
    const installed = await readdir(path.join(folder, 'node_modules'));
    for (const name of ['esbuild', 'typescript', 'vitest', '@aws-sdk', 'preact', 'fauxqs']) {
      expect(installed).not.toContain(name);
    }
    const manifest = path.join(folder, 'node_modules/poolkeeper/package.json');
    const { optionalDependencies } = JSON.parse(await readFile(manifest, 'utf8'));
    expect(Object.keys(optionalDependencies).toSorted()).toEqual(nodePackages.toSorted());
  });

  it('shows its help and its version', async () => {
    const { stdout } = await run('npx', ['--no-install', 'poolkeeper', '--version'], {
      cwd: folder,
      env: environment,
    });
    expect(stdout).toBe('1.0.0\n');
    const help = await poolkeeper('--help');
    expect(help).toMatchObject({ code: 0, errors: '' });
    for (const name of Object.keys(commandTable))
      expect(help.output).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    expect((await poolkeeper('simulate')).code).toBe(exitCodes.usage.code);
  });

  it('loads each command', async () => {
    const entry = path.join(folder, 'node_modules/poolkeeper/package/cli/poolkeeper.mjs');
    // One process for all of them: it runs the command line once for each command.
    const script = `
      const [entry, ...names] = process.argv.slice(1);
      for (const name of names) {
        process.argv = [process.execPath, entry, name, '--help'];
        console.log('\\n== ' + name);
        await import(entry + '?' + name);
      }`;
    const names = Object.keys(commandTable);
    const { stdout, stderr } = await run(
      process.execPath,
      [
        '--disable-warning=MaxListenersExceededWarning',
        '--input-type=module',
        '--eval',
        script,
        pathToFileURL(entry).href,
        ...names,
      ],
      { cwd: folder, env: environment },
    );
    expect(stderr).toBe('');
    const helps = stdout.split('\n== ').slice(1);
    expect(helps).toHaveLength(names.length);
    for (const [index, name] of names.entries()) expect(helps[index]).toContain(`poolkeeper ${name}`);
  });

  it('says that no system runs in the folder', async () => {
    expect(await poolkeeper('status')).toMatchObject({
      code: exitCodes.unreachable.code,
      errors: expect.stringContaining('poolkeeper start'),
    });
  });

  it('goes from no file to rules with a test, and says what an alert leads to', async () => {
    const pool = 'train-a=pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
    expect((await poolkeeper('init', '--output', 'own.yml', '--pool', pool)).code).toBe(0);
    const validated = await poolkeeper('validate', 'own.yml', '--json');
    expect(JSON.parse(validated.output)).toMatchObject({ ok: true, files: [{ rules: 1, pools: 1 }] });

    const named = await poolkeeper('explain', 'own.yml', '--alert', 'alerts/npu-card-lost', '--offline');
    expect(named).toMatchObject({ code: 0, output: expect.stringContaining('Rule npu-faults takes it.') });

    await writeFile(path.join(folder, 'own.tests.yml'), testsThatExpect('succeeded'));
    expect(await poolkeeper('test', 'own.tests.yml')).toMatchObject({
      code: exitCodes.finding.code,
      output: expect.stringContaining('0 passed, 1 failed'),
    });
    await writeFile(path.join(folder, 'own.tests.yml'), testsThatExpect('observed'));
    expect(await poolkeeper('test', 'own.tests.yml')).toMatchObject({ code: 0 });

    const examined = await poolkeeper('doctor', '--rules', 'own.yml', '--json');
    expect(examined.code).toBe(exitCodes.finding.code);
    expect(JSON.parse(examined.output)).toMatchObject({
      good: false,
      checks: expect.arrayContaining([
        expect.objectContaining({ name: 'rules', result: 'good' }),
        expect.objectContaining({ name: 'ModelArts', result: 'bad' }),
      ]),
    });
  });

  it('checks the rules file of the folder, runs the system there, shows its state, and ends', async () => {
    await writeFile(path.join(folder, 'broken.yml'), 'pools: {}\nrulez: []\n');
    expect((await poolkeeper('start', '--port', '0', '--rules', 'broken.yml')).errors).toMatch(
      /^broken\.yml:\d+:\d+ /,
    );

    const launcher = path.join(folder, 'node_modules/.bin/poolkeeper');
    const child = spawn(launcher, ['start', '--port', '0', '--no-watch'], { cwd: folder, env: environment });
    try {
      let output = '';
      const isUp = Promise.withResolvers<void>();
      const hear = (text: Buffer): void => {
        output += text.toString();
        if (output.includes('Every change of state shows here.')) isUp.resolve();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('close', () => isUp.reject(new Error(`it ended: ${output}`)));
      await isUp.promise;
      expect(output).toContain('the simulator gets the sample rules');
      expect(output).toContain('a change counts at the next start');
      // The commands below take longer than the system would take to see it.
      await appendFile(path.join(folder, 'node_modules/poolkeeper/package/poolkeeper.yml'), '\n# A change\n');
      expect(output).toMatch(/In short +reset-nodes of os-node-created-lv29s: succeeded/);

      const status = JSON.parse((await poolkeeper('status', '--json')).output);
      expect(status).toMatchObject({ me: { system: { simulated: true } }, wrong: [], inWork: [] });
      const { remediations } = JSON.parse((await poolkeeper('list', '--json')).output);
      expect((await poolkeeper('show', remediations[0].id.slice(0, 8))).output).toContain(': succeeded');
      expect((await poolkeeper('why', 'os-node-created-lv29s')).output).toContain('led to a remediation');
      expect(output).not.toMatch(/rules (taken over|in force|refused) /);
    } finally {
      const ended = once(child, 'close');
      child.kill('SIGINT');
      expect((await ended)[0]).toBe(0);
    }
    expect(await readdir(path.join(folder, '.poolkeeper'))).not.toContain('system.json');
  });
});
