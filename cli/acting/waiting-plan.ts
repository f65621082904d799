import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { standingOf } from '#lib/sentences/remediation';
import { CommandError } from '../failure.ts';

/**
 * The plan of a remediation that waits for an approval.
 *
 * @param hash of the plan that the person has read
 * @throws CommandError if none waits, or another one
 */
export function waitingPlan(
  { id, state, plan }: ShownRemediation,
  hash: string | undefined,
): NonNullable<ShownRemediation['plan']> {
  if (state !== 'awaiting-approval' || !plan) {
    throw new CommandError(`No plan of ${id} waits: it is ${state} (${standingOf(state).text}).`, 'refused');
  }
  if (hash !== undefined && hash !== plan.hash) {
    throw new CommandError(
      `Another plan waits now, with the hash ${plan.hash}. Read it with \`poolkeeper show ${id}\`, and decide about that one.`,
      'refused',
    );
  }
  return plan;
}
