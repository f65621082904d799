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
];

/**
 * Functions for dates, for logarithmic scales and for sloping lines. The page has its own words for times, and curves in steps. Each
 * has the statement that stands for its body.
 */
const REPLACED: Readonly<Record<string, string>> = {
  genTimeStuffs: 'return [[], [], () => {}];',
  fmtDate: '',
  timeAxisVals: '',
  timeAxisStamps: '',
  timeAxisVal: '',
  linear: '',
  logAxisSplits: '',
  asinhAxisSplits: '',
  rangeLog: '',
  rangeAsinh: '',
};

/**
 * The format of numbers. uPlot takes the language of the browser. A browser in the POSIX locale has one that `Intl` refuses
 * (`en-US@posix`), and then there is no curve at all. The page is in English.
 */
const LANGUAGE = ["domEnv ? nav.language : 'en-US'", "'en-US'"] as const;

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
  for (const name of UNCALLED) text = withBody(text, '\t', name, '');
  for (const [name, body] of Object.entries(REPLACED)) text = withBody(text, '', name, body);
  return without(text, ...LANGUAGE);
}

/** The source with another body of a function. `indent`: of the function, which its last line shares. */
function withBody(text: string, indent: string, name: string, body: string): string {
  const pattern = new RegExp(`\\n${indent}function ${name}\\([^\\n]*\\{\\n[\\s\\S]*?\\n${indent}\\}\\n`);
  return without(
    text,
    pattern.exec(text)?.[0] ?? `function ${name}`,
    `\n${indent}function ${name}() {${body}}\n`,
  );
}

function without(text: string, part: string, instead: string): string {
  if (!text.includes(part))
    throw new Error(
      `uPlot has no ${part.trim().split('\n', 1)[0]} any more: see local/build/trimmed-uplot.ts`,
    );
  return text.replace(part, () => instead);
}
