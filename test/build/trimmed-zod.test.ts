import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BuildFailure, build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundling } from '#local/build/bundle';
import { trimmedZod } from '#local/build/trimmed-zod';

const root = path.resolve(import.meta.dirname, '../..');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poolkeeper-zod-'));
});
afterAll(() => rm(folder, { recursive: true }));

function bundle(contents: string, resolveDir: string) {
  return build({
    ...bundling,
    absWorkingDir: resolveDir,
    stdin: { contents, resolveDir },
    outfile: path.join(folder, 'out.cjs'),
    logLevel: 'silent',
    plugins: [trimmedZod()],
  });
}

test('a schema in a bundle reads and refuses as ever, and has no JSON Schema', async () => {
  await bundle(
    `import * as z from 'zod';
     const schema = z.strictObject({ of: z.union([z.int(), z.array(z.string())]).describe('what') }).meta({ title: 'a' });
     export const read = (value) => schema.safeParse(value);
     export const schemaOf = () => schema.toJSONSchema();
     export const written = () => z.toJSONSchema(schema);`,
    root,
  );
  const { read, schemaOf, written } = createRequire(import.meta.url)(path.join(folder, 'out.cjs'));
  expect(read({ of: ['a'] })).toEqual({ success: true, data: { of: ['a'] } });
  expect(read({ of: 1.5, other: 1 }).success).toBe(false);
  expect(schemaOf).toThrow(/is not in this bundle/);
  expect(written).toThrow(/is not in this bundle/);
});

test('a build fails when zod is laid out otherwise', async () => {
  const classic = path.join(folder, 'node_modules/zod/v4/classic');
  await mkdir(classic, { recursive: true });
  await writeFile(path.join(classic, 'schemas.js'), 'export const string = () => 1;');
  const failure: BuildFailure = await bundle("import 'zod/v4/classic/schemas.js';", folder).then(
    () => expect.fail('it did not'),
    (error) => error,
  );
  expect(failure.errors.map(({ text }) => text)).toEqual([
    expect.stringMatching(
      /the schemas of zod do not load json-schema-processors.js, to-json-schema.js any more: adapt/,
    ),
  ]);
});
