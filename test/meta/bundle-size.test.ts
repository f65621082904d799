import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actions } from '#lib/actions/traits';
import { type Bundle, bundleFunctions } from '#local/build/bundle';
import rules from '#test/bundled-rules';

// The loaded code decides the time of a cold start. If a bundle exceeds its budget, dist/metafile.json shows the new parts:
// https://esbuild.github.io/analyze/

const root = path.resolve(import.meta.dirname, '../..');

/** Kilobytes of 1024. A function that calls the API has its client besides, and `update-nodes` the comparison of tag policies. */
const BUDGETS: Record<string, number> = { console: 281, 'receive-alert': 302, 'update-nodes': 472 };
const BUDGET_WITH_CLIENT = 470;

let outDir: string;
let bundles: Bundle[];
let inputs: Map<string, string[]>;

beforeAll(async () => {
  outDir = await mkdtemp(path.join(tmpdir(), 'poolkeeper-size-'));
  bundles = await bundleFunctions(root, outDir, rules);
  const metafile: Metafile = JSON.parse(await readFile(path.join(outDir, 'dist/metafile.json'), 'utf8'));
  inputs = new Map(
    Object.entries(metafile.outputs)
      .filter(([file]) => file.endsWith('.cjs'))
      .map(([file, output]) => [
        path.basename(file, '.cjs'),
        Object.entries(output.inputs)
          .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
          .map(([input]) => input),
      ]),
  );
});
afterAll(() => rm(outDir, { recursive: true }));

test('every function is within its budget', () => {
  const tooLarge = bundles
    .map(({ name, bytes }) => ({
      name,
      kilobytes: bytes / 1024,
      budget: BUDGETS[name] ?? BUDGET_WITH_CLIENT,
    }))
    .filter(({ kilobytes, budget }) => kilobytes > budget);
  expect(tooLarge).toEqual([]);
  expect(bundles.length).toBeGreaterThan(0);
});

test('the function of an action carries its definition, and no other function carries one', () => {
  const carried = [...inputs].map(([name, files]) => [
    name,
    files.flatMap((file) => /^lib\/actions\/([\w-]+)\/definition\.ts$/.exec(file)?.[1] ?? []),
  ]);
  expect(Object.fromEntries(carried)).toEqual(
    Object.fromEntries(bundles.map(({ name }) => [name, actions.some((one) => one === name) ? [name] : []])),
  );
});

test('no function carries what only a machine or a build needs', () => {
  const outside = [
    '/yaml/',
    '/@aws-sdk/',
    '/esbuild/',
    '/zod/v4/locales/',
    '/zod/v4/classic/from-json-schema',
    'local/',
    'lib/ledger/memory-store',
  ];
  for (const [name, files] of inputs) {
    const foreign = files.filter(
      (file) => outside.some((part) => file.includes(part)) && !file.endsWith('/zod/v4/locales/en.js'),
    );
    expect(foreign, name).toEqual([]);
  }
});

test.each([
  ['console', 'reads nothing but the ledger'],
  ['receive-alert', 'takes the name of a node as it is sent'],
])('%s, which %s, carries no client of the API', (name) => {
  const files = inputs.get(name) ?? [];
  expect(files).toContain(`functions/${name}.ts`);
  expect(
    files.filter((file) =>
      /undici|modelarts\/client\/(client|attempt|connections)|http\/(exchange|signature)/.test(file),
    ),
  ).toEqual([]);
});
