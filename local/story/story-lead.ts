import type { Screen, Tone } from '#local/screen/screen';

const LABEL_WIDTH = 19;

/**
 * The beginning of every line of a story: the time since its start, and its subject.
 *
 * @param sinceMs undefined if the line has no time of its own
 */
export function storyLead(
  screen: Screen,
  sinceMs: number | undefined,
  label: string,
  tone: Tone = 'plain',
): string {
  const time = sinceMs === undefined ? '' : `${(Math.max(sinceMs, 0) / 1000).toFixed(1)} s`;
  return `${screen.paint('dim', time.padStart(8))}  ${screen.paint(tone, label.padEnd(LABEL_WIDTH))}`;
}
