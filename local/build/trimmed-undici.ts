import path from 'node:path';
import type { Plugin } from 'esbuild';

/** The pool loads this file, but never calls it, because the client does not offer HTTP/2 to the server. */
const HTTP2 = 'dispatcher/client-h2.js';

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
        const text = `the pool of undici does not load ${missing.join(', ')} any more: adapt the list in local/build/trimmed-undici.ts to this version of undici`;
        return { errors: missing.length > 0 ? [{ text }] : [] };
      });
    },
  };
}
