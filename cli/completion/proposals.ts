import { proposeCompletions } from '@stricli/core';
import { printable } from '#lib/printable';
import { applicationFor } from '../application.ts';
import type { Context } from '../context.ts';

/** The hidden command that shells call at each tab, with the words until the cursor. */
export const COMPLETE = '__complete';

/** The proposals for the last word, one for each line: the completion, a tab, and a brief description. */
export async function completionLines(words: readonly string[], context: Context): Promise<string[]> {
  const proposals = await proposeCompletions(await applicationFor(words), words, context);
  return proposals
    .filter(({ completion }) => completion !== '--')
    .map(({ completion, brief }) => `${printable(completion)}\t${printable(brief)}`);
}
