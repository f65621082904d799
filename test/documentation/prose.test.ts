import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { operations } from '#local/openapi/operations';
import { pages, root } from './blocks.ts';
import { mistakesInShell } from './shell.ts';

/** A page without its fenced blocks: test/documentation/blocks.test.ts checks those. */
function proseOf(page: string): string {
  return readFileSync(path.join(root, page), 'utf8').replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '');
}

describe.each(pages)('the prose of %s', (page) => {
  const prose = proseOf(page);

  test('names commands and flags that are there', () => {
    const commands = Array.from(
      prose.matchAll(/`((?:poolkeeper|npm run|npx (?:poolkeeper|serverless)) [^`]*)`/g),
      ([, command = '']) => command,
    ).filter((command) => !command.includes('<command>'));
    // `<id>` and `…` stand for words of the reader's own.
    const mistakes = commands.flatMap((command) => mistakesInShell(command.replace(/ …$/, '')));
    expect(mistakes).toEqual([]);
  });

  test('names files of the project that are there', () => {
    const files = Array.from(
      prose.matchAll(/`((?:docs|events|functions|lib|local|cli|console|test)\/[\w./-]*[\w])`/g),
      ([, file = '']) => file,
    ).filter((file) => !file.includes('reboot-nodes')); // CONTRIBUTING.md shows how it would be added.
    expect(
      files.filter(
        (file) => !existsSync(path.join(root, file)) && globSync(`${file}.*`, { cwd: root }).length === 0,
      ),
    ).toEqual([]);
  });

  test('has external links that a browser can open, and references that are defined', () => {
    const addresses = Array.from(
      prose.matchAll(/(?:\]\(|^\[[^\]]+\]: )(https?:[^)\s]*)/gm),
      ([, address = '']) => address,
    );
    expect(addresses.filter((address) => !URL.canParse(address) || !address.startsWith('https://'))).toEqual(
      [],
    );
    const references = Array.from(prose.matchAll(/\]\[([^\]]+)\]/g), ([, name = '']) => name);
    expect(references.filter((name) => !prose.includes(`\n[${name}]: `))).toEqual([]);
  });
});

test('docs/reference/api.md lists every route', () => {
  const [, table = ''] = /^## All routes\n\n([\s\S]*?)\n\n/m.exec(proseOf('docs/reference/api.md')) ?? [];
  const listed = Array.from(
    table.matchAll(/`((?:GET|POST) )?([/…][^`?]*)\??[^`]*`/g),
    ([, method, route = '']) => `${method ?? ''}${route}`,
  );
  const written = listed.map((route) => route.replace('…', ''));
  const missing = Object.keys(operations).filter((route) => {
    const [, of = ''] = route.split(' ');
    const last = of.slice(of.lastIndexOf('/'));
    return (
      !written.includes(route) &&
      !written.includes(last) &&
      !/\/assets\/|\/alerts\/\{source\}|\/api\/v1\//.test(of)
    );
  });
  expect(missing).toEqual([]);
});

test('docs/reference/configuration.md has every variable that a person sets', () => {
  const page = proseOf('docs/reference/configuration.md');
  const code = globSync(
    ['lib/config.ts', 'local/start/settings.ts', 'local/stack/stage-settings.ts', 'cli/**/*.ts'],
    { cwd: root },
  );
  const named = new Set(
    code.flatMap((file) =>
      Array.from(
        readFileSync(path.join(root, file), 'utf8').matchAll(
          /\b(?:POOLKEEPER|HUAWEICLOUD_SDK|MODELARTS)_[A-Z_]*[A-Z]\b/g,
        ),
        ([name]) => name,
      ),
    ),
  );
  expect([...named].filter((name) => !page.includes(name) && !OWN.test(name))).toEqual([]);
});

/** Variables that the deployment, the local system or a test sets. */
const OWN =
  /_(?:TABLE|MAX_RECEIVES|SIMULATED|COUNTERS_FILE|SMN_TEST_\w+|QUEUE_\w+|QUEUE|DLQ|SDK_AK_RESEARCH)$/;
