import type { DeadLetter } from '#lib/dead-letters/dead-letter';
import type { Judgement, Known } from '#lib/dead-letters/judge';
import type { Screen } from '#local/screen/screen';

const ANSWERS = { safe: 'yes', useless: 'useless', impossible: 'no' } as const;
const TONES = { safe: 'good', useless: 'notable', impossible: 'bad' } as const;

/** Shows one dead letter: its content, its reason, its outcome, and whether to send it back. */
export function showLetter(
  screen: Screen,
  letter: DeadLetter,
  known: Known,
  { verdict, why }: Judgement,
): void {
  const { messageId, subject, reason, receives, sentAt, buriedAt, firstError, lastError } = letter;
  screen.columns(`  ${screen.paint('strong', messageId)}  `, subject.text);
  const row = (label: string, text: string, tone: 'plain' | (typeof TONES)[Judgement['verdict']] = 'plain') =>
    screen.columns(`    ${screen.paint('dim', label.padEnd(12))}`, text, tone);
  const times = [
    sentAt && `sent ${sentAt}`,
    buriedAt && `given up ${buriedAt}`,
    receives && `delivered ${receives} times`,
  ].filter((part) => part !== undefined && part !== '');
  if (times.length > 0) row('times', times.join(', '));
  row(
    'reason',
    reason ?? 'none: every time, its function died or ran out of time. See the log of the function',
  );
  if (firstError) row('first error', `${firstError.at ?? ''}  ${firstError.text}`.trim());
  if (lastError) row('last error', `${lastError.at ?? ''}  ${lastError.text}`.trim());
  if (subject.kind === 'command') row('now', stateOf(known));
  row('send back?', `${ANSWERS[verdict]}: ${why}`, TONES[verdict]);
  screen.line();
}

function stateOf(known: Known): string {
  if (known === 'absent') return 'not in the ledger';
  if (known === 'unknown') return 'the ledger did not answer';
  return known.why === undefined ? known.state : `${known.state}: ${known.why}`;
}
