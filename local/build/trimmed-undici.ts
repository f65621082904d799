import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Plugin } from 'esbuild';

/** The pool loads this file, but never calls it, because the client does not offer HTTP/2 to the server. */
const HTTP2 = 'dispatcher/client-h2.js';

/** The HTTP parser: WebAssembly as base64 text, and the largest part of undici. Deflated it has a third of its size. */
const PARSER = 'llhttp/llhttp_simd-wasm.js';

/** The tables of the HTTP parser, for a client and a server. Only one file reads them, and few of them. */
const TABLES = 'llhttp/constants.js';
const READER_OF_TABLES = '../dispatcher/client-h1.js';

/** Files for features that the client does not use. */
const LEFT_OUT = [
  HTTP2,
  // The HTTP parser for processors without SIMD instructions.
  'llhttp/llhttp-wasm.js',
  // Bodies that are forms or streams of fetch.
  'web/fetch/body.js',
  'web/fetch/formdata.js',
  'web/webidl/index.js',
];

/**
 * Bundles only the part of undici that `new Pool(…)` and its `dispatch` over HTTP/1.1 need: a fifth of the package. The rest would
 * take half of a cold start. `import { Pool } from 'undici'` works as usual; any other import from undici fails the build.
 *
 * This code knows undici's files by name. If one of them has moved, the build fails.
 */
export function trimmedUndici(): Plugin {
  return {
    name: 'trimmed-undici',
    setup(bundler) {
      const { absWorkingDir = process.cwd(), define } = bundler.initialOptions;
      // Node.js sets this name when it bundles undici. Without it, the bundle includes a second, experimental parser.
      bundler.initialOptions.define = { ...define, esbuildDetection: 'true' };
      let pooled = false;
      let deflated = false;
      const found = new Set<string>();

      bundler.onResolve({ filter: /^undici$/ }, () => ({
        path: 'undici',
        namespace: 'trimmed-undici',
        sideEffects: false,
      }));
      bundler.onLoad({ filter: /.*/, namespace: 'trimmed-undici' }, () => {
        pooled = true;
        return {
          contents: "export { default as Pool } from 'undici/lib/dispatcher/pool.js';",
          resolveDir: absWorkingDir,
        };
      });
      bundler.onLoad({ filter: /[\\/]undici[\\/]lib[\\/].*\.js$/ }, async ({ path: file }) => {
        const name = file.split(path.sep).join('/').split('/undici/lib/').at(-1) ?? '';
        if (name === PARSER) {
          const contents = deflatedParser(await readFile(file, 'utf8'));
          deflated = contents !== undefined;
          return { contents: contents ?? '' };
        }
        if (name === TABLES) return { contents: await usedTables(file) };
        if (!LEFT_OUT.includes(name)) return undefined;
        found.add(name);
        const failure = `throw new Error(${JSON.stringify(`undici/lib/${name} is not in this bundle`)});`;
        return { contents: name === HTTP2 ? `module.exports = () => { ${failure} };` : failure };
      });
      bundler.onEnd(() => {
        const missing = pooled ? LEFT_OUT.filter((name) => !found.has(name)) : [];
        if (pooled && !deflated) missing.push(PARSER);
        const text = `the pool of undici does not load ${missing.join(', ')} any more: adapt the list in local/build/trimmed-undici.ts to this version of undici`;
        return { errors: missing.length > 0 ? [{ text }] : [] };
      });
    },
  };
}

/** The module of the parser with its text deflated. Undefined: it does not look as it did. */
function deflatedParser(source: string): string | undefined {
  const [, text] = /'([A-Za-z0-9+/=]{1000,})'/.exec(source) ?? [];
  if (text === undefined || !source.includes("Buffer.from(wasmBase64, 'base64')")) return undefined;
  const packed = deflateRawSync(Buffer.from(text, 'base64'), { level: 9 }).toString('base64');
  return source
    .replace(text, () => packed)
    .replace(
      "Buffer.from(wasmBase64, 'base64')",
      "require('node:zlib').inflateRawSync(Buffer.from(wasmBase64, 'base64'))",
    );
}

/** The module of the parser's tables with those that are read. */
async function usedTables(file: string): Promise<string> {
  const reader = await readFile(path.join(path.dirname(file), READER_OF_TABLES), 'utf8');
  const names = new Set(Array.from(reader.matchAll(/\bconstants\.(\w+)/g), ([, name = '']) => name));
  const tables: Record<string, unknown> = createRequire(file)(file);
  return [...names].map((name) => `exports.${name} = ${JSON.stringify(tables[name])};`).join('\n');
}
