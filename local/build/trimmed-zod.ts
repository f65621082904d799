import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** The files that write JSON Schemas. Schemas reference them, but no deployed function calls them. */
const WRITERS = ['json-schema-processors.js', 'to-json-schema.js'];

/**
 * Bundles zod without the code for JSON Schemas. A call that asks a schema for its JSON Schema throws.
 *
 * This code knows zod's files by name. If one of them has moved, the build fails.
 */
export function trimmedZod(): Plugin {
  return {
    name: 'trimmed-zod',
    setup(bundler) {
      let loaded = false;
      const found = new Set<string>();

      bundler.onLoad(
        { filter: /[\\/]zod[\\/]v4[\\/]core[\\/]\S*json-schema\S*\.js$/ },
        async ({ path: file }) => {
          const name = path.basename(file);
          if (!WRITERS.includes(name)) return undefined;
          found.add(name);
          const exported = (await readFile(file, 'utf8')).matchAll(/^export (?:const|function) (\w+)/gm);
          const failing = Array.from(exported, ([, called]) => `export const ${called} = fail;`);
          const failure = `zod/v4/core/${name} is not in this bundle`;
          return { contents: `function fail() { throw new Error('${failure}'); }\n${failing.join('\n')}` };
        },
      );
      bundler.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]schemas\.js$/ }, () => {
        loaded = true;
        return undefined;
      });
      bundler.onEnd(() => {
        const missing = loaded ? WRITERS.filter((name) => !found.has(name)) : [];
        const text = `the schemas of zod do not load ${missing.join(', ')} any more: adapt the list in local/build/trimmed-zod.ts to this version of zod`;
        return { errors: missing.length > 0 ? [{ text }] : [] };
      });
    },
  };
}
