import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

/** The file beside `dist/` that says what it was built from, and what it has. */
const BUILT = 'built.json';

const Built = z.object({ from: z.string(), dist: z.string() });

/** One digest of all files at these places below a folder, and of the version of Node.js. A place may be absent. */
export async function fingerprintOf(root: string, places: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const place of places) await addTo(hash, root, place);
  return hash.digest('hex');
}

/** Whether `dist/` is complete and undamaged, and was built from the same. */
export async function isBuilt(outDir: string, fingerprint: string): Promise<boolean> {
  try {
    const { from, dist } = Built.parse(JSON.parse(await readFile(path.join(outDir, BUILT), 'utf8')));
    return from === fingerprint && dist === (await fingerprintOf(outDir, ['dist']));
  } catch {
    return false;
  }
}

/** Forgets that `dist/` is built, before it is built anew: a process may end in between. */
export async function notBuilt(outDir: string): Promise<void> {
  await rm(path.join(outDir, BUILT), { force: true });
}

/** Notes what `dist/` was built from. */
export async function noteBuilt(outDir: string, from: string): Promise<void> {
  const built: z.output<typeof Built> = { from, dist: await fingerprintOf(outDir, ['dist']) };
  await writeFile(path.join(outDir, BUILT), JSON.stringify(built));
}

type Hash = ReturnType<typeof createHash>;

/** Adds the names and contents of all files at a place, in a fixed order. */
async function addTo(hash: Hash, root: string, place: string): Promise<void> {
  const found = path.join(root, place);
  const kind = await stat(found).catch(() => undefined);
  if (kind === undefined) return;
  if (!kind.isDirectory()) return addFile(hash, place, await readFile(found));
  const entries = await readdir(found, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  for (const [index, file] of files.entries())
    addFile(hash, path.relative(root, file), contents[index] ?? Buffer.alloc(0));
}

function addFile(hash: Hash, name: string, content: Buffer): void {
  hash.update(`${name}\0${content.length}\0`).update(content);
}
