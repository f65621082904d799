import { stripVTControlCharacters, styleText } from 'node:util';

export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'bad' | 'notable';

const formats = {
  plain: [],
  strong: ['bold'],
  dim: ['dim'],
  good: ['green'],
  bad: ['red'],
  notable: ['yellow'],
} as const satisfies Record<Tone, readonly Parameters<typeof styleText>[0][]>;

/**
 * What a person sees. On a terminal there is colour (unless NO_COLOR is set), long texts are broken at the edge, and the
 * last line may move; elsewhere there are plain lines only.
 */
export interface Screen {
  readonly isTerminal: boolean;
  /** Written as it is, so that it can be copied in one piece. */
  line(text?: string): void;
  /** A text in columns: `lead` as it is, `text` after it, broken and indented to where it began. */
  columns(lead: string, text: string, tone?: Tone): void;
  /** Something that changes, below everything else; the next line takes its place. Terminals only. */
  moving(text: string): void;
  paint(tone: Tone, text: string): string;
}

type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

const ERASE_LINE = '\r\u001b[2K';

export function createScreen(output: Output): Screen {
  const isTerminal = output.isTTY === true;
  let moving = '';

  const width = (): number => output.columns ?? 80;
  const paint = (tone: Tone, text: string): string =>
    tone === 'plain' || text === '' ? text : styleText([...formats[tone]], text, { stream: output });
  const line = (text = ''): void => {
    output.write(`${moving === '' ? '' : ERASE_LINE}${text}\n`);
    moving = '';
  };

  return {
    isTerminal,
    line,
    paint,
    columns(lead, text, tone = 'plain') {
      const indent = stripVTControlCharacters(lead).length;
      const parts = isTerminal ? wrap(text, Math.max(width() - indent, 30)) : [text];
      for (const [index, part] of parts.entries()) {
        const margin = index === 0 ? lead : ' '.repeat(indent);
        line(part === '' ? margin.trimEnd() : `${margin}${paint(tone, part)}`);
      }
    },
    moving(text) {
      if (!isTerminal || text === moving) return;
      // A line that fills the last column would go on to the next, where it could not be erased.
      const fits = stripVTControlCharacters(text).length < width();
      moving = fits ? text : stripVTControlCharacters(text).slice(0, width() - 1);
      output.write(`${ERASE_LINE}${moving}`);
    },
  };
}

/** Breaks a text at its spaces; a word that is longer than a line stays whole. */
function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
