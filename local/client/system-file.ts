import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

/** Clients of the run's stand-ins sign with them. */
const Credentials = z.object({
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sessionToken: z.string(),
});

/** The addresses of a system that runs on this machine, and its tokens. */
const RunningSystem = z.object({
  pid: z.int().positive(),
  /** The address of the HTTP API, without a slash at the end. */
  url: z.url(),
  webhookToken: z.string(),
  consoleToken: z.string(),
  /** The variables of tokens that are the user's own, and must not be shown. */
  webhookTokenVariable: z.string().exactOptional(),
  consoleTokenVariable: z.string().exactOptional(),
  /** The address of the simulator of ModelArts. Without one, the API is the real one. */
  simulatorUrl: z.url().exactOptional(),
  sqs: z.object({
    endpoint: z.url(),
    region: z.string(),
    credentials: Credentials,
    /** The queue URL of each function that reads from one. */
    queues: z.record(z.string(), z.url()),
  }),
  /** The stand-in for Huawei SMN: its `host:port`, and its private key in PEM format. None if the API is the real one. */
  smn: z.object({ host: z.string(), key: z.string() }).exactOptional(),
  /** Serves Lambda's Invoke operation, for functions by their names in the stack. */
  lambda: z.object({ endpoint: z.url(), credentials: Credentials }),
  /** Takes orders about the system itself. None if it has a simulator. */
  control: z.object({ endpoint: z.url(), credentials: Credentials }).exactOptional(),
});
export type RunningSystem = z.output<typeof RunningSystem>;

const fileOf = (root: string): string => path.join(root, '.poolkeeper/system.json');

/** Announces a system to other programs on this machine, in a file that only this user can read, because it holds tokens. */
export async function writeSystemFile(root: string, system: RunningSystem): Promise<void> {
  const file = fileOf(root);
  const fresh = `${file}.${process.pid}`;
  await mkdir(path.dirname(file), { recursive: true });
  await rm(fresh, { force: true });
  await writeFile(fresh, `${JSON.stringify(system, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(fresh, file);
}

export async function removeSystemFile(root: string): Promise<void> {
  await rm(fileOf(root), { force: true });
}

/** The running system of this checkout. Undefined if there is none, or if only another user may know it. */
export async function findRunningSystem(root: string): Promise<RunningSystem | undefined> {
  const text = await readFile(fileOf(root), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const read = RunningSystem.safeParse(parseJson(text));
  return read.success && isAlive(read.data.pid) ? read.data : undefined;
}

/** Whether the folder of a system is there, and closed to this user: another user's system may run with it. */
export function isClosedToUser(root: string): Promise<boolean> {
  return access(fileOf(root)).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'EACCES',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
