import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** What writes JSON Schemas: schemas refer to it, and no function calls it. */
const WRITERS = ['json-schema-processors.js', 'to-json-schema.js'];

/**
 * Bundles of zod what checks values. Anything that asks a schema for its JSON Schema throws.
 *
 * This knows zod's files by name, so the build also fails when one of them is no longer where it was.
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
        const text = `zod is not laid out as local/build/trimmed-zod.ts knows it: its schemas do not load ${missing.join(', ')}`;
        return { errors: missing.length > 0 ? [{ text }] : [] };
      });
    },
  };
}
