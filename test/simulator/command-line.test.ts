import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { notes, readFlags, type SimulatorFlags } from '#local/simulator/command-line';
import { oddities } from '#local/simulator/odd-replies/oddity';

/** Runs the real command. Resolves with its output when `until` appears in it, or when the command ends. */
const run = async (args: string[], until?: string) => {
  const child = spawn(process.execPath, ['cli/poolkeeper.ts', 'simulator', ...args]);
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
    expect(readFlags({})).toMatchObject({
      port: 4010,
      speed: 1,
      nodes: 8,
      faults: [],
      pools: [{ name: 'train-a' }, { name: 'quarantine', nodes: 2 }],
    });
  });

  it('reads every flag', () => {
    const options = readFlags({
      port: '0',
      speed: '60',
      nodes: '20',
      pool: ['quarantine=2', 'spare'],
      seed: 'x',
      jobDuration: '60',
      jobJitter: '0',
      nodeFailuresPerDay: '0.5',
      batchUpdateAnswer: 'strings',
      nodeStatusWithout: 'driver,os',
      projectId: 'p-1',
      accessKey: 'AK',
      secretKey: 'SK',
      fault: [
        'throttled,endpoint=batch-reset-nodes,count=2,retryAfterSeconds=3',
        '{"kind":"stays-broken","match":{"node":"n"}}',
      ],
    });
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

  it.each<[SimulatorFlags, string]>([
    [{ speed: 'fast' }, '--speed fast'],
    [{ speed: '0' }, 'speed'],
    [{ fault: ['slow'] }, 'faults[0].delayMs'],
    [{ fault: ['odd-reply,oddity=strange'] }, 'faults[0].oddity'],
    [{ fault: ['odd-reply,oddity=empty,endpoint=batch-reset-nodes'] }, 'must be one that reads'],
    [{ batchUpdateAnswer: 'text' }, 'batchUpdateAnswer'],
    [{ nodeStatusWithout: 'phase' }, 'nodeStatusWithout'],
    [{ fault: ['slow,delayMs'] }, 'key=value'],
    [{ fault: ['{'] }, 'is not JSON'],
    [{ pool: ['train-a'] }, 'two pools have the same name'],
  ])('refuses %j', (flags, named) => {
    expect(() => readFlags(flags)).toThrow(named);
  });
});

it('the help names every oddity that a reading can have', () => {
  for (const oddity of [...oddities, 'stale']) expect(notes).toContain(oddity);
});

describe('poolkeeper simulator', () => {
  it('names a misspelt flag', async () => {
    const { ended, stderr } = await run(['--sped', '1']);
    expect(await ended).toBe(2);
    expect(stderr()).toContain('--sped');
  });

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
