import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { until } from './stack/until.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The program of Debian's package, and of the release of the project. */
const PROGRAM = ['prometheus-alertmanager', 'alertmanager'].find(isInstalled);

/** Why no Alertmanager can run here. Undefined: one can. */
export const WITHOUT_ALERTMANAGER =
  PROGRAM !== undefined && isInstalled('amtool')
    ? undefined
    : 'Alertmanager and amtool are not installed (Debian: apt-get install prometheus-alertmanager)';

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** The configurations of an Alertmanager that a page of the documentation shows. */
export function configurationsIn(page: string): any[] {
  const text = readFileSync(path.join(root, page), 'utf8');
  return Array.from(text.matchAll(/^```yaml\n([\s\S]*?)^```/gm), ([, yaml = '']) => parse(yaml)).filter(
    (configuration) => configuration?.route !== undefined,
  );
}

/** The verdict of amtool about a configuration. */
export async function checkConfiguration(
  configuration: object,
): Promise<{ status: number | null; output: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-amtool-'));
  try {
    const file = path.join(folder, 'alertmanager.yml');
    await writeFile(file, stringify(configuration));
    const { status, stdout, stderr } = spawnSync('amtool', ['check-config', file], { encoding: 'utf8' });
    return { status, output: stdout + stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}

export type Alertmanagers = {
  urls: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
};

/** Runs as many Alertmanagers as a cluster, all with one configuration. They listen on this machine alone. */
export async function startAlertmanagers(count: number, configuration: object): Promise<Alertmanagers> {
  if (PROGRAM === undefined) throw new Error(WITHOUT_ALERTMANAGER);
  const folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-alertmanager-'));
  const file = path.join(folder, 'alertmanager.yml');
  await writeFile(file, stringify(configuration));
  const ports = await freePorts(2 * count);
  const [web, gossip] = [ports.slice(0, count), ports.slice(count)];
  const processes: ChildProcess[] = [];
  for (const [index, port] of web.entries()) {
    const storage = path.join(folder, `data-${index}`);
    await mkdir(storage);
    const peers = gossip.filter((_, other) => other !== index);
    processes.push(
      spawn(
        PROGRAM,
        [
          `--config.file=${file}`,
          `--storage.path=${storage}`,
          `--web.listen-address=127.0.0.1:${port}`,
          `--cluster.listen-address=127.0.0.1:${gossip[index]}`,
          ...peers.map((peer) => `--cluster.peer=127.0.0.1:${peer}`),
          '--cluster.settle-timeout=2s',
          '--cluster.gossip-interval=100ms',
        ],
        { stdio: 'ignore' },
      ),
    );
  }
  const running: Alertmanagers = {
    urls: web.map((port) => `http://127.0.0.1:${port}`),
    async [Symbol.asyncDispose]() {
      for (const child of processes) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true });
    },
  };
  for (const url of running.urls) await isReady(url, running, count);
  return running;
}

async function isReady(url: string, running: Alertmanagers, count: number): Promise<void> {
  try {
    await until(
      async () => {
        const response = await fetch(`${url}/api/v2/status`).catch(() => undefined);
        const status = response?.ok ? ((await response.json()) as any) : undefined;
        return status?.cluster.peers.length === count ? true : undefined;
      },
      () => `the Alertmanager at ${url} has not found its cluster`,
    );
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address();
      server.close();
      await once(server, 'close');
      if (typeof address !== 'object' || address === null) throw new Error('the port is not known');
      return address.port;
    }),
  );
}
