import path from 'node:path';
import type { Plugin } from 'esbuild';

/** Loaded with the pool, and never called: HTTP/2 is not offered to the server. */
const HTTP2 = 'dispatcher/client-h2.js';

/** Loaded only for what the client does not do. */
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
 * Bundles of undici what `new Pool(…)` and its `dispatch` over HTTP/1.1 need: a fifth of the whole, which would be half of
 * the time of a cold start. `import { Pool } from 'undici'` works as ever; importing anything else from it fails the build.
 *
 * This knows undici's files by name, so the build also fails when one of them is no longer where it was.
 */
export function trimmedUndici(): Plugin {
  return {
    name: 'trimmed-undici',
    setup(bundler) {
      const { absWorkingDir = process.cwd(), define } = bundler.initialOptions;
      // The name that Node.js gives when it bundles undici: without it, an experimental second parser comes along.
      bundler.initialOptions.define = { ...define, esbuildDetection: 'true' };
      let pooled = false;
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
      bundler.onLoad({ filter: /[\\/]undici[\\/]lib[\\/].*\.js$/ }, ({ path: file }) => {
        const name = file.split(path.sep).join('/').split('/undici/lib/').at(-1) ?? '';
        if (!LEFT_OUT.includes(name)) return undefined;
        found.add(name);
        const failure = `throw new Error(${JSON.stringify(`undici/lib/${name} is not in this bundle`)});`;
        return { contents: name === HTTP2 ? `module.exports = () => { ${failure} };` : failure };
      });
      bundler.onEnd(() => {
        const missing = pooled ? LEFT_OUT.filter((name) => !found.has(name)) : [];
        const text = `undici is not laid out as local/build/trimmed-undici.ts knows it: its pool does not load ${missing.join(', ')}`;
        return { errors: missing.length > 0 ? [{ text }] : [] };
      });
    },
  };
}
