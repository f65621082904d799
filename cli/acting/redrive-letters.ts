import type { ShownDeadLetter } from '#lib/dead-letters/list-letters';
import type { Redriven } from '#lib/dead-letters/redrive-letter';
import { RequestError } from '#local/client/http-json';
import type { Screen } from '#local/screen/screen';
import type { Routes } from '../client/routes.ts';
import { readable } from '../screen/words.ts';
import { bodyOf } from './decide.ts';

type Orders = { send: readonly string[]; sendSafe: boolean; note: string | undefined };

/**
 * Shows the dead letters of a system, and sends back those that are ordered.
 *
 * @param screen undefined: nothing is shown
 * @returns all letters, those that went back, and the orders that failed, one sentence each
 */
export async function redriveOverRoutes(
  routes: Routes,
  { send, sendSafe, note }: Orders,
  screen: Screen | undefined,
): Promise<{ letters: ShownDeadLetter[]; done: Redriven[]; failures: string[] }> {
  const { deadLetters, hidden = 0, more = [] } = await routes.deadLetters();
  screen?.line(`Dead letters of ${routes.url}`);
  screen?.line();
  for (const letter of deadLetters) if (screen) writeLetter(screen, letter);
  if (deadLetters.length === 0) screen?.line('There are no dead letters.');
  if (hidden > 0)
    screen?.columns('', `Another reader has about ${hidden} of them now: ask again in half a minute.`);
  if (more.length > 0) screen?.columns('', `There are more of ${more.join(', ')}.`);

  const safe = sendSafe ? deadLetters.filter(({ worthRedriving }) => worthRedriving).map(({ id }) => id) : [];
  const done: Redriven[] = [];
  const failures: string[] = [];
  for (const id of new Set([...send, ...safe])) {
    try {
      done.push(await routes.redrive(id, bodyOf(note)));
      screen?.line(`${id} was sent back.`);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      failures.push(`${id} was not sent back: ${error.message}`);
    }
  }
  return { letters: deadLetters, done, failures };
}

function writeLetter(screen: Screen, letter: ShownDeadLetter): void {
  const { id, function: name, at, what, reason, errors, receives, advice, worthRedriving } = letter;
  screen.columns(`  ${screen.paint('strong', id)}  `, readable(what));
  const row = (label: string, text: string, tone: 'plain' | 'good' | 'notable' = 'plain'): void =>
    screen.columns(`    ${screen.paint('dim', label.padEnd(12))}`, readable(text), tone);
  row('function', receives === undefined ? name : `${name}, which had it ${receives} times`);
  row('since', at);
  row(
    'reason',
    reason ?? 'none: each time, its function died or ran out of time. See the log of the function',
  );
  for (const error of errors) row('error', `${error.at === undefined ? '' : `${error.at}  `}${error.text}`);
  row('send back?', advice, worthRedriving ? 'good' : 'notable');
  screen.line();
}
