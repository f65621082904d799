import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { commandText, standingOf, targetsText, whyText } from '#lib/sentences/remediation';
import { type ConnectionFlags, connectionFlags } from '../connection-flags.ts';
import { type Context, writeJson } from '../context.ts';
import { flag, option } from '../flags.ts';
import { readable, shortId } from '../screen/words.ts';

/** The flags of every decision. */
export type DecisionFlags = ConnectionFlags & { note?: string; json: boolean };

export const decisionFlags = {
  note: option('text', 'A note for the ledger; the token tells who decides'),
  json: flag('Writes the remediation as JSON'),
  ...connectionFlags,
};

/** The body of a decision. */
export function bodyOf(note: string | undefined): { by?: string } {
  return note === undefined ? {} : { by: note };
}

/** A remediation in a few words. */
export function subjectOf(remediation: ShownRemediation, poolName: string): string {
  return `${commandText(remediation)} of ${targetsText(remediation)} in pool ${poolName}`;
}

/** Says how a remediation stands after a decision. */
export function tellResult(
  context: Context,
  done: string,
  remediation: ShownRemediation,
  json: boolean,
): void {
  if (json) {
    writeJson(context, remediation);
    return;
  }
  const { screen } = context;
  const { id, state, why } = remediation;
  screen.columns(
    '',
    `${done} It is ${state} now (${standingOf(state).text}). ${readable(whyText(why))}`.trim(),
  );
  screen.line(screen.paint('dim', `poolkeeper show ${shortId(id)}`));
}
