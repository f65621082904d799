import { stripVTControlCharacters, styleText } from 'node:util';
import { printable } from '#lib/printable';
import { type Level, levelPrefixes } from './journal.ts';
import { wrap } from './wrap.ts';

export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'bad' | 'notable';

const formats = {
  plain: [],
  strong: ['bold'],
  dim: ['dim'],
  good: ['green'],
  bad: ['red'],
  notable: ['yellow'],
} as const satisfies Record<Tone, readonly Parameters<typeof styleText>[0][]>;

/** How the journal of systemd ranks a line of this tone. */
const levels: Partial<Record<Tone, Level>> = { bad: 'error', notable: 'warn' };

const ESCAPE = '\u001b';

/** The escape codes of these formats, and their end codes. */
const OWN_COLOUR = new RegExp(`(${ESCAPE}\\[(?:1|2|22|31|32|33|39)m)`, 'u');

/**
 * The user's screen. Names and texts may come from strangers, so the screen escapes every control character except the codes of the
 * colours above. A terminal gets colours (unless NO_COLOR is set), line breaks at its edge, and a moving last line. Any other output
 * gets plain lines, and the journal of systemd their levels.
 */
export interface Screen {
  readonly isTerminal: boolean;
  /** Writes a line without line breaks, so that the user can copy it in one piece. */
  line(text?: string): void;
  /**
   * Writes `lead`, then `text`. Further lines of `text` are indented to its start.
   *
   * @param rank the tone that the whole line has for the journal. @default that of `text`
   */
  columns(lead: string, text: string, tone?: Tone, rank?: Tone): void;
  /** Writes a moving line below all others. The next line replaces it. Terminals only. */
  moving(text: string): void;
  paint(tone: Tone, text: string): string;
}

type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

const ERASE_LINE = `\r${ESCAPE}[2K`;

export function createScreen(output: Output): Screen {
  const isTerminal = output.isTTY === true;
  const prefixOf = levelPrefixes(output);
  let moving = '';

  // A serial line reports a width of 0.
  const width = (): number => output.columns || 80;
  const paint = (tone: Tone, text: string): string =>
    tone === 'plain' || text === ''
      ? text
      : styleText([...formats[tone]], printable(text), { stream: output });
  const write = (text: string, rank: Tone = 'plain'): void => {
    output.write(`${moving === '' ? '' : ERASE_LINE}${prefixOf(levels[rank] ?? 'info')}${safe(text)}\n`);
    moving = '';
  };

  return {
    isTerminal,
    line: (text = '') => write(text),
    paint,
    columns(lead, text, tone = 'plain', rank = tone) {
      const indent = stripVTControlCharacters(lead).length;
      const shown = printable(text);
      const parts = isTerminal ? wrap(shown, Math.max(width() - indent, 30)) : [shown];
      for (const [index, part] of parts.entries()) {
        const margin = index === 0 ? lead : ' '.repeat(indent);
        write(part === '' ? margin.trimEnd() : `${margin}${paint(tone, part)}`, rank);
      }
    },
    moving(text) {
      const shown = safe(text);
      if (!isTerminal || shown === moving) return;
      // The terminal would wrap a line that fills the last column, and then erase only its last part.
      const fits = stripVTControlCharacters(shown).length < width();
      moving = fits ? shown : stripVTControlCharacters(shown).slice(0, width() - 1);
      output.write(`${ERASE_LINE}${moving}`);
    },
  };
}

function safe(text: string): string {
  return text
    .split(OWN_COLOUR)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');
}
