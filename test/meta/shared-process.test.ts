import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ALONE } from '#test/alone';
import { root } from './serverless-declaration.ts';
import { sourceFiles } from './source-files.ts';

/** Changes of a process that the next test file in it would see. */
const CHANGES_ITS_PROCESS =
  /\bvi\.(?:stub\w+|spyOn|mock|doMock|useFakeTimers|resetModules)\(|\bprocess\.(?:on|once|chdir)\(|\bprocess\.env(?:\.\w+|\[[^\]]+\])\s*=[^=]|\bglobalThis\.\w+\s*=[^=]|\bsetDefaultCACertificates\(|\bas unknown as \w+\[\]\)\.push\(/;

const files = new Map(sourceFiles('test').map((source) => [source.file, source]));

/** A file, and all files of test/ that it loads. */
function loaded(file: string, seen = new Set<string>()): Set<string> {
  const source = files.get(file);
  if (!source || seen.has(file)) return seen;
  seen.add(file);
  for (const { target, typesOnly } of source.imports) if (!typesOnly) loaded(target, seen);
  return seen;
}

const found = (glob: string | string[]) =>
  globSync(glob, { cwd: root }).map((file) => file.split(path.sep).join('/'));
const alone = found(ALONE);
const shared = found('test/**/*.test.ts').filter(
  (file) => !file.startsWith('test/system/') && !alone.includes(file),
);
const changing = (file: string) =>
  [...loaded(file)].filter((each) => CHANGES_ITS_PROCESS.test(files.get(each)?.text ?? ''));

test('tests that share a process leave it as it is', () => {
  expect(shared.length).toBeGreaterThan(100);
  const changes = shared.flatMap((file) => changing(file).map((by) => ({ file, by })));
  expect(changes, 'these tests belong into test/alone.ts').toEqual([]);
});

test('a change of the process is found, also behind an import', () => {
  expect(changing('test/start/screen.test.ts')).toEqual(['test/start/screen.test.ts']);
  expect(changing('test/actions/new-action/new-action.test.ts')).toContain(
    'test/actions/new-action/declared.ts',
  );
});
