import { SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';
import { type Branch, branchesOf } from './branches.ts';
import { countsOf, type FunctionRanges } from './counts.ts';

/** A branch in a source file of the product, and whether any world took it. */
export type SourceBranch = {
  kind: Branch['kind'];
  /** From the root of the repository, and its line and that line's text. */
  file: string;
  line: number;
  text: string;
  /** The innermost function around it that has a name, or itself if it is one. */
  inFunction: string;
  taken: boolean;
  /** Whether the code around it ran at all. */
  reached: boolean;
};

/**
 * The branches of the product's code in a built simulation, and which of them were taken.
 *
 * @param code the bundle, and `map` its source map as text.
 * @param folder where the bundle lay when it was built: the map's sources are relative to it.
 * @param workers what V8 counted in each worker.
 */
export async function coverageOf(
  { code, map, root }: { code: string; map: string; root: string },
  workers: readonly (readonly FunctionRanges[])[],
): Promise<SourceBranch[]> {
  const { parseAst } = await import('vitest/node');
  const payload = JSON.parse(map) as SourceMapPayload & { sourcesContent: string[] };
  const sourceMap = new SourceMap(payload);
  const lines = new Map(
    payload.sources.map((source, index) => [source, payload.sourcesContent[index]?.split('\n') ?? []]),
  );
  const counts = workers.map(countsOf);
  const count = (offset: number) => counts.reduce((sum, of) => sum + of(offset), 0);
  const timesOf = ({ offset, insteadOf }: Branch) =>
    insteadOf === undefined ? count(offset) : count(insteadOf) - count(offset);
  const place = placeIn(code);

  return branchesOf(parseAst(code)).flatMap((branch): SourceBranch[] => {
    const [line, column] = place(branch.insteadOf ?? branch.offset);
    const entry = sourceMap.findEntry(line, column);
    if (!('originalSource' in entry)) return [];
    const file = path.relative(root, path.resolve(root, entry.originalSource));
    if (!file.startsWith('lib/') && !file.startsWith('functions/')) return [];
    return [
      {
        kind: branch.kind,
        file,
        line: entry.originalLine + 1,
        text: lines.get(entry.originalSource)?.[entry.originalLine]?.trim() ?? '',
        // The bundle numbers functions of one name.
        inFunction: branch.inFunction.replace(/\d+$/, ''),
        taken: timesOf(branch) > 0,
        reached: branch.within === undefined || timesOf(branch.within) > 0,
      },
    ];
  });
}

/** The line and the column of an offset, both from 0. */
function placeIn(code: string): (offset: number) => [line: number, column: number] {
  const starts = [0];
  for (let at = code.indexOf('\n'); at !== -1; at = code.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return [low - 1, offset - (starts[low - 1] ?? 0)];
  };
}
