import type { Context } from '../context.ts';
import { CommandError } from '../failure.ts';

export type Question = {
  /** The sentence that says what happens. */
  what: string;
  /** The word that the person must type. @default 'yes' */
  word?: string;
  /** The consent of the command line, `--yes`. */
  yes: boolean;
};

/**
 * Asks the person at the terminal for consent.
 *
 * @throws CommandError if the person declines, or if there is no terminal and no `--yes`
 */
export async function confirm(context: Context, { what, word = 'yes', yes }: Question): Promise<void> {
  if (yes) return;
  if (context.ask === undefined) {
    throw new CommandError(
      `${what} There is no terminal to ask on: add --yes if you mean it.`,
      'unconfirmed',
    );
  }
  context.complain(what);
  const answer = (await context.ask(`Type ${word} to go on: `)).trim();
  if (answer !== word) throw new CommandError('Nothing was done.', 'unconfirmed');
}
