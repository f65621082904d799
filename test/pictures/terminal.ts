/** A run of characters in one style. */
type Run = { text: string; bold: boolean; dim: boolean; colour: keyof typeof COLOURS };

const COLOURS = { 31: '#c0564f', 32: '#7fc29b', 33: '#d9b36c', 39: '#d6dbd8' } as const;
const ESCAPE = '\u001b';

/** The size of a monospaced font: each character gets this width, with any font of the reader. */
const SIZE = 13;
const ADVANCE = 7.8;
const LINE = 19;
const MARGIN = 18;
const BAR = 30;

/**
 * A terminal with these lines, as SVG. It understands the colours of local/screen.
 *
 * @param lines with the escape codes of colours
 */
export function terminalSvg(lines: readonly string[]): string {
  const rows = lines.map(runsOf);
  const columns = Math.max(...rows.map((row) => row.reduce((sum, { text }) => sum + text.length, 0)));
  const width = Math.ceil(columns * ADVANCE) + 2 * MARGIN;
  const height = rows.length * LINE + BAR + 2 * MARGIN;
  const texts = rows.flatMap((row, index) => textsOf(row, BAR + MARGIN + (index + 0.75) * LINE));
  const dots = ['#e0655c', '#dfb04c', '#62b36c'].map(
    (colour, index) => `<circle cx="${18 + index * 18}" cy="16" r="5.5" fill="${colour}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="${width}" height="${height}" rx="8" fill="#17201c"/>
${dots.join('')}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${SIZE}">
${texts.join('\n')}
</g>
</svg>
`;
}

/** Each word group at its column: a browser joins spaces, and two spaces or more separate the columns of a screen. */
function textsOf(row: readonly Run[], y: number): string[] {
  let column = 0;
  return row.flatMap(({ text, bold, dim, colour }) => {
    const start = column;
    column += text.length;
    const style = `fill="${COLOURS[colour]}"${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.62"' : ''}`;
    return Array.from(text.matchAll(/\S+(?: \S+)*/g), ({ index, 0: words }) => {
      const x = MARGIN + (start + index) * ADVANCE;
      const length = `textLength="${(words.length * ADVANCE).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
      return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${length} ${style}>${escaped(words)}</text>`;
    });
  });
}

function runsOf(line: string): Run[] {
  const runs: Run[] = [];
  let style: Omit<Run, 'text'> = { bold: false, dim: false, colour: 39 };
  for (const part of line.split(new RegExp(`(${ESCAPE}\\[\\d+m)`, 'u'))) {
    const code = Number(new RegExp(`^${ESCAPE}\\[(\\d+)m$`, 'u').exec(part)?.[1] ?? Number.NaN);
    if (Number.isNaN(code)) runs.push(...(part === '' ? [] : [{ ...style, text: part }]));
    else style = styled(style, code);
  }
  return runs;
}

function styled(style: Omit<Run, 'text'>, code: number): Omit<Run, 'text'> {
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 31 || code === 32 || code === 33 || code === 39) return { ...style, colour: code };
  throw new Error(`The picture of a terminal knows no style ${code}: add it to test/pictures/terminal.ts`);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
