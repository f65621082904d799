import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readCommandLine, usage } from '#local/simulator/command-line';
import { oddities } from '#local/simulator/odd-replies/oddity';

const optionsOf = (...args: string[]) => {
  const commandLine = readCommandLine(args);
  if (commandLine.help) throw new Error('help was asked for');
  return commandLine.options;
};

/** Runs the real command. Resolves with its output when `until` appears in it, or when the command ends. */
const run = async (args: string[], until?: string) => {
  const child = spawn(process.execPath, ['local/simulator/main.ts', ...args]);
  let stdout = '';
  let stderr = '';
  const ended = once(child, 'close').then(([code]: unknown[]) => code);
  const printed = Promise.withResolvers<void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (until !== undefined && stdout.includes(until)) printed.resolve();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  await Promise.race([printed.promise, ended]);
  return { child, ended, stdout, stderr: () => stderr };
};

describe('the command line', () => {
  it('has a default for everything', () => {
    expect(optionsOf()).toMatchObject({
      port: 4010,
      speed: 1,
      nodes: 8,
      faults: [],
      pools: [{ name: 'train-a' }, { name: 'quarantine', nodes: 2 }],
    });
  });

  it('reads every flag', () => {
    const flags =
      '--port 0 --speed 60 --nodes 20 --pool quarantine=2 --pool spare --seed x --job-duration 60 --job-jitter 0 ' +
      '--node-failures-per-day 0.5 --batch-update-answer strings --node-status-without driver,os --project-id p-1 --access-key AK --secret-key SK ' +
      '--fault throttled,endpoint=batch-reset-nodes,count=2,retryAfterSeconds=3 ' +
      '--fault {"kind":"stays-broken","match":{"node":"n"}}';
    const options = optionsOf(...flags.split(' '));
    expect(options).toMatchObject({
      port: 0,
      speed: 60,
      nodes: 20,
      seed: 'x',
      pools: [{ name: 'train-a' }, { name: 'quarantine', nodes: 2 }, { name: 'spare' }],
      jobDurationSeconds: 60,
      jobDurationJitter: 0,
      nodeFailuresPerDay: 0.5,
      batchUpdateAnswer: 'strings',
      nodeStatusWithout: ['driver', 'os'],
      projectId: 'p-1',
      accessKey: 'AK',
      secretKey: 'SK',
      faults: [
        { kind: 'throttled', match: { endpoint: 'batch-reset-nodes' }, count: 2, retryAfterSeconds: 3 },
        { kind: 'stays-broken', match: { node: 'n' }, probability: 1 },
      ],
    });
  });

  it.each([
    [['--speed', 'fast'], '--speed fast'],
    [['--speed', '0'], 'speed'],
    [['--sped', '1'], "'--sped'"],
    [['--fault', 'slow'], 'faults[0].delayMs'],
    [['--fault', 'odd-reply,oddity=strange'], 'faults[0].oddity'],
    [['--fault', 'odd-reply,oddity=empty,endpoint=batch-reset-nodes'], 'must be one that reads'],
    [['--batch-update-answer', 'text'], 'batchUpdateAnswer'],
    [['--node-status-without', 'phase'], 'nodeStatusWithout'],
    [['--fault', 'slow,delayMs'], 'key=value'],
    [['--fault', '{'], 'is not JSON'],
    [['--pool', 'train-a'], 'two pools have the same name'],
  ])('refuses %j', (args, named) => {
    expect(() => readCommandLine(args)).toThrow(named);
  });
});

it('the help names every oddity that a reading can have', () => {
  for (const oddity of [...oddities, 'stale']) expect(usage).toContain(oddity);
});

describe('npm run simulator', () => {
  it('prints where it is and how to sign, and ends on SIGTERM', async () => {
    const { child, ended, stdout } = await run(['--port', '0', '--speed', '60'], 'Ctrl+C ends it.');
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)?.[0];
    expect(stdout).toContain('HUAWEICLOUD_SDK_AK=SIMULATORFAKEACCESS0');
    expect((await fetch(`${url}/simulator`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('says in one line that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { ended, stderr } = await run(['--port', String(port)]);
    expect(await ended).toBe(1);
    expect(stderr()).toBe(
      `Port ${port} is taken: give another one with --port, or --port 0 for any free one.\n`,
    );
    other.close();
  });
});
