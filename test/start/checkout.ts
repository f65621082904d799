import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const parts = [
  'events',
  'functions',
  'lib',
  'local',
  'cli',
  'console',
  'package.json',
  'poolkeeper.yml',
  'serverless.yml',
];

/** A copy of the checkout, so that nothing here meets a system that runs in the checkout itself. */
export async function copyCheckout(): Promise<AsyncDisposable & { dir: string }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'poolkeeper-start-'));
  for (const part of parts) await cp(path.join(root, part), path.join(dir, part), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(dir, 'node_modules'));
  return {
    dir,
    async [Symbol.asyncDispose]() {
      for (const made of [dir, compiled(dir)]) await rm(made, { recursive: true, force: true });
    },
  };
}

/** Where the programs of a checkout keep the code that they have compiled: beside it, as nothing else may be in it. */
const compiled = (dir: string) => `${dir}-compiled`;

/** A program of the checkout as its npm script runs it; it is killed when it is disposed of. */
export type Program = AsyncDisposable & {
  process: ChildProcessWithoutNullStreams;
  /** Standard output and standard error until now. */
  output(): string;
  errors(): string;
  /** Settles with the output as soon as it has this text. */
  saw(text: string): Promise<string>;
  /** Settles with the exit code. */
  ended: Promise<number | null>;
};

export function runProgram(
  dir: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Program {
  const ambient = Object.entries(process.env).filter(
    ([name]) => !/^(POOLKEEPER_|HUAWEICLOUD_|MODELARTS_|PORT$|FORCE_COLOR$)/.test(name),
  );
  const child = spawn(process.execPath, ['--import', './local/require-node-24.mjs', ...args], {
    cwd: dir,
    // The programs share compiled code, so that each later one starts faster.
    env: { ...Object.fromEntries(ambient), NODE_COMPILE_CACHE: compiled(dir), ...environment },
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);

  return {
    process: child,
    output: () => output + errors,
    errors: () => errors,
    ended,
    async saw(text) {
      for (;;) {
        if (output.includes(text)) return output;
        if (child.exitCode !== null)
          throw new Error(`it ended without saying "${text}":\n${output}${errors}`);
        await Promise.race([once(child.stdout, 'data'), ended]);
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Everything that a process started and that still runs, and what that started. */
export function descendantsOf(pid: number): number[] {
  const parents = existsSync('/proc/self/stat') ? parentsByProc() : parentsByPs();
  const children = parents.filter(({ parent }) => parent === pid).map((child) => child.pid);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function parentsByProc(): { pid: number; parent: number }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1];
        return [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        return [];
      }
    });
}

function parentsByPs(): { pid: number; parent: number }[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return { pid: pid!, parent: parent! };
  });
}

/** A server that counts what it is asked. */
export async function countingServer(): Promise<
  AsyncDisposable & { server: Server; port: number; requests: string[] }
> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(500).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    server,
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port without a listener. */
export async function freePort(): Promise<number> {
  await using taken = await countingServer();
  return taken.port;
}
