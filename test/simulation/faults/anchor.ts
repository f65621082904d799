import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Lang, parse, type SgNode } from '@ast-grep/napi';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/**
 * One change of the code, anchored by its syntax tree. Moving or formatting a file, renaming a local, and editing what
 * stands beside the place do not touch it.
 */
export type Change = {
  /** The function or constant at the top level of a file that has the place in it. */
  inside: string;
  /** The end of its file's path, where several files declare that name. */
  file?: string;
  /** A pattern of a larger part of it that has the place in it, where `find` alone is met more than once. */
  within?: string;
  /**
   * A statement, an expression, a property or a case, as a pattern of ast-grep: `$NAME` is any node and the same one
   * wherever it stands, `$$$NAME` any number of them.
   */
  find: string;
  /** The same after the mistake. Nothing: the node, and the comma behind it, are left out. */
  replace: string;
  /** Another pattern of the declaration, for what `replace` names and `find` does not. */
  given?: string;
};

/** A source file, and its text after a change. */
export type ChangedFile = { file: string; text: string };

/**
 * The text of a file with blanks in place of its comments, so that no match contains one; and the syntax trees of its
 * declarations at the top level, by name.
 */
type Source = { file: string; text: string; declared: ReadonlyMap<string, SgNode> };

/** A declaration at the top level of a file. */
type Anchor = { source: Source; node: SgNode };

/** The product's sources, read once. */
let product: readonly Source[] | undefined;

function readProduct(): readonly Source[] {
  product ??= globSync(['lib/**/*.ts', 'functions/**/*.ts'], { cwd: ROOT })
    .toSorted()
    .map((file) => path.join(ROOT, file))
    .map((file) => readSource(file, readFileSync(file, 'utf8')));
  return product;
}

function readSource(file: string, original: string): Source {
  let text = original;
  const comments = parse(Lang.TypeScript, original)
    .root()
    .findAll({ rule: { kind: 'comment' } });
  for (const comment of comments) {
    const { start, end } = comment.range();
    const blank = comment.text().replaceAll(/[^\n]/g, ' ');
    text = `${text.slice(0, start.index)}${blank}${text.slice(end.index)}`;
  }
  return sourceOf(file, text);
}

function sourceOf(file: string, text: string): Source {
  const statements = parse(Lang.TypeScript, text).root().children();
  return {
    file,
    text,
    declared: new Map(statements.flatMap((node) => namesOf(node).map((name) => [name, node]))),
  };
}

function namesOf(statement: SgNode): string[] {
  const declared = statement.field('declaration') ?? statement;
  return [declared, ...declared.children()].flatMap((node) => node.field('name')?.text() ?? []);
}

/**
 * Makes changes in the code, in memory.
 *
 * @param files the code by path, if it is not the product's.
 * @throws when one of them has no place, or several.
 */
export function makeChanges(
  changes: readonly Change[],
  files?: Readonly<Record<string, string>>,
): ChangedFile[] {
  let sources = files ? Object.entries(files).map(([file, text]) => readSource(file, text)) : readProduct();
  const changed = new Map<string, string>();
  for (const [index, change] of changes.entries()) {
    const { file, text } = makeChange(change, sources);
    changed.set(file, text);
    if (index === changes.length - 1) break;
    sources = sources.map((source) => (source.file === file ? sourceOf(file, text) : source));
  }
  return [...changed].map(([file, text]) => ({ file, text }));
}

function makeChange(change: Change, sources: readonly Source[]): ChangedFile {
  const { inside, file, within, find, replace, given } = change;
  const { source, node } = anchorOf(inside, file, sources);
  const where = `${inside} of ${path.relative(ROOT, source.file)}`;
  const part = within === undefined ? node : onlyPlace(node, within, where);
  const place = onlyPlace(part, find, where);
  const others = given === undefined ? [] : somePlaces(node, given, where);
  const { start, end } = place.range();
  const wanted = filled(replace, [place, ...others], source.text);
  const rest = source.text.slice(end.index);
  const text = `${source.text.slice(0, start.index)}${wanted}${wanted === '' ? rest.replace(/^\s*,/, '') : rest}`;
  return { file: source.file, text };
}

function anchorOf(name: string, end: string | undefined, sources: readonly Source[]): Anchor {
  const anchors = sources
    .filter(({ file }) => end === undefined || `/${file}`.endsWith(`/${end}`))
    .flatMap((source) => {
      const node = source.declared.get(name);
      return node ? [{ source, node }] : [];
    });
  const [anchor] = anchors;
  const where = end === undefined ? name : `${name} of ${end}`;
  if (!anchor)
    throw new Error(`no file declares ${where} at its top level: name another declaration with "inside"`);
  if (anchors.length > 1) {
    const files = anchors.map(({ source }) => path.relative(ROOT, source.file)).join(', ');
    throw new Error(`${where} is declared in ${files}: say which with "file"`);
  }
  return anchor;
}

function onlyPlace(part: SgNode, pattern: string, where: string): SgNode {
  const places = part.findAll({ rule: { pattern: patternOf(pattern) } });
  const [place] = places;
  if (!place || places.length > 1)
    throw new Error(`${where} has ${places.length} places, and not one, like: ${pattern}`);
  return place;
}

/** Several places are as good as one, as long as each says the same. */
function somePlaces(part: SgNode, pattern: string, where: string): SgNode[] {
  const places = part.findAll({ rule: { pattern: patternOf(pattern) } });
  if (places.length === 0) throw new Error(`${where} has no place like: ${pattern}`);
  return places;
}

/** A property, a case and an object are no statement of their own: they are read in what they stand in. */
function patternOf(find: string) {
  const strictness = 'smart' as const;
  if (/^(?:case\b|default\s*:)/.test(find))
    return { context: `switch ($_) { ${find} }`, selector: 'switch_case', strictness };
  if (find.startsWith('{')) return { context: `(${find})`, selector: 'object', strictness };
  if (find.startsWith('...')) return { context: `[${find}]`, selector: 'spread_element', strictness };
  if (/^(?:[\w$]+|'[^']*'|\[[^\]]*\])\s*:/.test(find))
    return { context: `({ ${find} })`, selector: 'pair', strictness };
  return { context: find, strictness };
}

/** The text of a replacement, with the code that its variables matched. */
function filled(replace: string, places: readonly SgNode[], source: string): string {
  return replace.replaceAll(/(\$\$\$|\$)([A-Z_][A-Z_0-9]*)/g, (whole, marks: string, name: string) => {
    const met = places
      .map((place) => (marks === '$' ? [place.getMatch(name)] : place.getMultipleMatches(name)))
      .map((nodes) => nodes.filter((node) => node !== null));
    const texts = new Set(met.flatMap((nodes) => (nodes.length > 0 ? [between(nodes, source)] : [])));
    if (texts.size > 1)
      throw new Error(`${whole} is more than one thing in ${replace}: ${[...texts].join(', ')}`);
    if (texts.size === 0 && marks === '$') throw new Error(`${whole} is in "replace" alone: ${replace}`);
    return [...texts].join('');
  });
}

function between(nodes: readonly SgNode[], source: string): string {
  return source.slice(nodes[0]?.range().start.index, nodes.at(-1)?.range().end.index);
}
