import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** A fenced block of a page. */
export type Block = {
  page: string;
  line: number;
  language: string;
  text: string;
  /** The nearest heading above it. */
  heading: string;
};

export const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).toSorted();

/** Every fenced block of every page, also in lists. Its text has the indentation of its fence no more. */
export const blocks: Block[] = pages.flatMap((page) => {
  const lines = readFileSync(path.join(root, page), 'utf8').split('\n');
  const found: Block[] = [];
  let heading = '';
  let open: (Block & { indent: string; lines: string[] }) | undefined;
  for (const [index, line] of lines.entries()) {
    const [, indent = '', language = ''] = /^( *)```([a-z]*)/.exec(line) ?? [];
    const isFence = /^ *```/.test(line);
    if (open && isFence) {
      const { indent: _indent, lines: inside, ...block } = open;
      found.push({ ...block, text: `${inside.join('\n')}\n` });
      open = undefined;
    } else if (open) {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    } else if (isFence) {
      open = { page, line: index + 1, language, text: '', heading, indent, lines: [] };
    } else {
      heading = /^#+ (.+)$/.exec(line)?.[1] ?? heading;
    }
  }
  if (open) throw new Error(`${page}:${open.line}: the fence has no end`);
  return found;
});
