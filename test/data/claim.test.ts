import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimDirectory } from '#local/data/claim';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-claim-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const claim = () => path.join(folder, 'in-use-by');

it('belongs to one at a time, and to the next one once it is released', async () => {
  const release = await claimDirectory(folder);
  await expect(claimDirectory(folder)).rejects.toThrow(
    `${folder} is in use by process ${process.pid}: stop that process, or delete`,
  );
  await release();
  await (await claimDirectory(folder))();
});

it('is refused to a process while another one lives, and free after that one was killed', async () => {
  const other = spawn('sleep', ['600']);
  // As the release before wrote it: the process id alone.
  await writeFile(claim(), String(other.pid));
  await expect(claimDirectory(folder)).rejects.toThrow(`in use by process ${other.pid}`);
  other.kill('SIGKILL');
  await once(other, 'exit');
  await (await claimDirectory(folder))();
});

it.runIf(process.platform === 'linux')(
  'of a dead process does not count if its number belongs to another process by now',
  async () => {
    await (await claimDirectory(folder))();
    for (const pid of [process.ppid, process.pid]) {
      await writeFile(claim(), `${pid} 00000000-0000-0000-0000-000000000000:1`);
      const release = await claimDirectory(folder);
      expect(await readFile(claim(), 'utf8')).toMatch(new RegExp(`^${process.pid} [0-9a-f-]{36}:\\d+$`));
      await release();
    }
  },
);

it('says what to do where nothing can be written', async () => {
  await writeFile(path.join(folder, 'file'), '');
  await expect(claimDirectory(path.join(folder, 'file/below'))).rejects.toThrow(
    /cannot be written: ENOTDIR.* Choose another folder with --data or POOLKEEPER_DATA\.$/,
  );
});
