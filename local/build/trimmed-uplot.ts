import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Parts of uPlot's interface that the page does not use. Their functions go with them. */
const UNUSED = [
  '(paths.bars    = bars);',
  '(paths.spline  = monotoneCubic);',
  '(paths.linear  = linear);',
  'uPlot.join = join;',
  'uPlot.fmtDate = fmtDate;',
  'uPlot.tzDate  = tzDate;',
  'uPlot.rangeLog = rangeLog;',
  'uPlot.rangeAsinh = rangeAsinh;',
  'uPlot.sync = _sync;',
  'uPlot.orient   = orient;',
  'uPlot.addGap = addGap;',
  'uPlot.clipGaps = clipGaps;',
];

/** Functions of a plot for its cursor, its legend and the mouse. The curve of the page has none of them. */
const UNCALLED = [
  'updateCursor',
  'initLegendRow',
  'cacheMouse',
  'mouseUp',
  'mouseLeave',
  'mouseMove',
  'mouseDown',
  'setLegend',
  'setLegendValues',
  'syncLegend',
  'dblClick',
  'initCursorPt',
  'drawOrthoLines',
];

/**
 * Bundles uPlot without the parts that a still curve does not need: a third of it.
 *
 * This code knows uPlot's text. If a part has moved, the build fails.
 */
export function trimmedUPlot(): Plugin {
  return {
    name: 'trimmed-uplot',
    setup(bundler) {
      bundler.onLoad({ filter: /[\\/]uplot[\\/]dist[\\/]uPlot\.esm\.js$/ }, async ({ path: file }) => ({
        contents: trimmed(await readFile(file, 'utf8')),
      }));
    },
  };
}

function trimmed(source: string): string {
  let text = source;
  for (const line of UNUSED) text = without(text, line, '');
  for (const name of UNCALLED) {
    const body = new RegExp(`\\n\\tfunction ${name}\\([^\\n]*\\{\\n[\\s\\S]*?\\n\\t\\}\\n`).exec(text)?.[0];
    text = without(text, body ?? `function ${name}`, `\n\tfunction ${name}() {}\n`);
  }
  return text;
}

function without(text: string, part: string, instead: string): string {
  if (!text.includes(part))
    throw new Error(
      `uPlot has no ${part.trim().split('\n', 1)[0]} any more: see local/build/trimmed-uplot.ts`,
    );
  return text.replace(part, () => instead);
}
