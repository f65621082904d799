import type { Screen } from '#local/screen/screen';
import type { Check } from './check.ts';

const MARKS = { good: '✓', bad: '✗', warning: '!', unknown: '?' } as const;
const TONES = { good: 'good', bad: 'bad', warning: 'notable', unknown: 'dim' } as const;

/** Writes a check: one line, and its advice below. */
export function writeCheck(screen: Screen, { name, result, text, advice }: Check, indent = ''): void {
  const tone = TONES[result];
  screen.columns(`${indent}${screen.paint(tone, MARKS[result])} ${name}: `, text);
  if (advice !== undefined) screen.columns(`${indent}    `, advice, 'dim');
}
