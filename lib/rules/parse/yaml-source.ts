import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import { ownMistakes, wordMistake } from './yaml-mistakes.ts';

/** One mistake in a rules file; `line` and `column` count from 1, `path` is like `rules[0].cooldown`. */
export type Problem = { line: number; column: number; path: string; reason: string };

/** Counted from 1, as editors do. */
type Position = { line: number; column: number };

/** The value of a YAML text, with positions. `problems` are mistakes in the YAML itself; a readable source may have some too. */
export type YamlSource =
  | { readable: false; problems: Problem[] }
  | {
      readable: true;
      problems: Problem[];
      value: unknown;
      /**
       * The position of a path in the text: the key for an entry of a map, the item for an entry of a list. A missing entry has
       * the position of its parent.
       */
      positionOf: (path: readonly PropertyKey[]) => Position;
    };

/** Reads a YAML 1.2 text; never throws. */
export function readYaml(text: string): YamlSource {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true });
  const positionAt = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const at = (offset: number, reason: string): Problem => ({ ...positionAt(offset), path: '', reason });

  const problems = [
    ...[...ownMistakes(document.errors), ...document.warnings].map((error) =>
      at(error.pos[0], wordMistake(error, text)),
    ),
    ...unusableNodes(document).map(({ range, reason }) => at(range?.[0] ?? 0, reason)),
  ];
  // A repeated key does not make the rest of the file ambiguous.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { readable: false, problems };

  try {
    return {
      readable: true,
      problems,
      value: document.toJS(),
      positionOf: (path) => positionAt(offsetOf(document, path)),
    };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const tooMany = at(0, 'the aliases (*name) expand the file to an excessive size: write the values out');
    return { readable: false, problems: problems.length > 0 ? problems : [tooMany] };
  }
}

/** Nodes that YAML allows, but the rules cannot carry. */
function unusableNodes(document: Document): { range: Scalar['range']; reason: string }[] {
  const unusable: { range: Scalar['range']; reason: string }[] = [];
  visit(document, {
    Alias: (_, alias: Alias) => {
      if (alias.resolve(document) === undefined) {
        unusable.push({
          range: alias.range,
          reason: `the alias *${alias.source} has no anchor &${alias.source} above it`,
        });
      }
    },
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === '__proto__') {
        unusable.push({ range: key.range, reason: 'the key __proto__ is not allowed: remove it' });
      }
    },
  });
  return unusable;
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const segment of path) {
    const container = isAlias(node) ? node.resolve(document) : node;
    if (isMap(container)) {
      const pair = container.items.findLast(({ key }) => isScalar(key) && key.value === String(segment));
      if (!pair) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(container)) {
      const item = container.items[Number(segment)];
      if (!isNode(item)) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else {
      break;
    }
  }
  return offset;
}
