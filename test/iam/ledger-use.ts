import path from 'node:path';
import { build } from 'esbuild';
import type { Store } from '#lib/ledger/store';
import { INDEX_KEYS } from '#lib/ledger/store';
import { root } from '#test/meta/serverless-declaration';

/** The operations of a function's code on the ledger. */
export type LedgerUse = {
  operations: readonly (keyof Store)[];
  indexes: readonly (keyof typeof INDEX_KEYS)[];
};

const OPERATIONS = ['get', 'getMany', 'put', 'putMany', 'remove', 'query', 'find'] as const;

/** Bundles each function, so that code that it cannot reach is not there, and looks for the calls of its store. */
export async function ledgerUse(names: readonly string[]): Promise<Map<string, LedgerUse>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => `functions/${name}.ts`),
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    external: ['poolkeeper:rules'],
    write: false,
    logLevel: 'silent',
  });
  return new Map(
    outputFiles.map(({ path: file, text }) => [
      path.basename(file, '.js'),
      {
        operations: OPERATIONS.filter((name) => new RegExp(String.raw`\bstore\d*\.${name}\(`).test(text)),
        indexes: Object.keys(INDEX_KEYS).filter((index): index is keyof typeof INDEX_KEYS =>
          text.includes(`index: "${index}"`),
        ),
      },
    ]),
  );
}
