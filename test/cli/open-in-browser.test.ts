import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { openInBrowser } from '#cli/open-in-browser';

const URL = 'http://127.0.0.1:3000';

test('gives the address to the program of the platform', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-open-'));
  const file = path.join(folder, 'opened');
  const opener = [
    process.execPath,
    '-e',
    'require("node:fs").writeFileSync(process.argv[1], process.argv[2])',
    file,
  ] as const;
  const complain = vi.fn<(why: string) => void>();
  openInBrowser(URL, complain, opener);
  await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toBe(URL), { timeout: 20_000 });
  expect(complain).not.toHaveBeenCalled();
  await rm(folder, { recursive: true });
});

test.each([
  ['is not there', ['/no/such/program']],
  ['fails', [process.execPath, '-e', 'process.exit(3)']],
] as const)('where the program %s, a line has the address', async (_, opener) => {
  const complain = vi.fn<(why: string) => void>();
  openInBrowser(URL, complain, opener);
  await vi.waitFor(() => expect(complain).toHaveBeenCalledWith(expect.stringContaining(URL)), {
    timeout: 20_000,
  });
});
