import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

function filesOf(...patterns: string[]): string[] {
  return patterns.flatMap((pattern) => globSync(pattern, { cwd: root }));
}

const pages = filesOf('*.md', 'docs/**/*.md');

/** The name that a heading has in a link, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

describe('a link in the documentation', () => {
  const links = pages.flatMap((page) =>
    Array.from(textOf(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]*)\)/g), ([, target = '']) => ({
      page,
      target,
    })),
  );

  test.each(links)('of $page leads somewhere: $target', ({ page, target }) => {
    const [file = '', anchor] = target.split('#');
    const found = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
    expect(existsSync(path.join(root, found))).toBe(true);
    if (anchor === undefined) return;
    const headings = Array.from(textOf(found).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
      anchorOf(heading),
    );
    expect(headings).toContain(anchor);
  });
});

test('a page that the code, a file of settings or a page names is there', () => {
  const files = filesOf(
    '{lib,events,functions,local,cli,console,test}/**/*.{ts,tsx,mjs,html}',
    '*.{yml,json,md}',
    'docs/**/*.{md,yml,json}',
  ).filter((file) => !/package-lock|console\/dist/.test(file));
  const named = files.flatMap((file) =>
    // Not in an address of another site, and not the name of a folder of a repository.
    Array.from(
      textOf(file).matchAll(/(?<![\w./-])(?:\.\.\/)*docs\/[\w./-]*\.(?:md|json|yml|svg|png)/g),
      ([target]) => ({
        file,
        target: target.replace(/^(?:\.\.\/)+/, ''),
      }),
    ),
  );
  expect(named.length).toBeGreaterThan(300);
  expect(named.filter(({ target }) => !existsSync(path.join(root, target)))).toEqual([]);
});

describe('a citation of docs/design/modelarts-api.md', () => {
  const sections = new Set(
    Array.from(
      textOf('docs/design/modelarts-api.md').matchAll(/^#{2,3} (\d+(?:\.\d+)?)/gm),
      ([, number]) => number,
    ),
  );
  const citations = filesOf('{lib,events,functions,local,test}/**/*.ts').flatMap((file) => {
    // A comment may break in the middle of a citation.
    const text = textOf(file).replaceAll(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ');
    return Array.from(
      text.matchAll(
        /modelarts-api\.md,?(?: sections?)? (\d+(?:\.\d+)?)((?:(?:,| and) \d+(?:\.\d+)?(?!\d|, row))*)/g,
      ),
      ([, first = '', others = '']) => ({
        file,
        numbers: [first, ...(others.match(/\d+(?:\.\d+)?/g) ?? [])],
      }),
    );
  });

  test('names a section that is there', () => {
    expect(citations.length).toBeGreaterThan(50);
    const wrong = citations.filter(({ numbers }) => numbers.some((number) => !sections.has(number)));
    expect(wrong).toEqual([]);
  });
});
