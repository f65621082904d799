import * as z from 'zod';
import type { Action } from '#lib/actions/traits';
import type { Queue } from '#lib/aws/queue';
import type { Clock } from '#lib/clock';
import { HttpProblem } from '#lib/handler/problem';
import { readDocument } from '#lib/ledger/change';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { type Recorded, recordRemediation } from '#lib/remediation/lifecycle/move';
import { approvePlan, expirePlan, isExpired, rejectPlan, secondPlan } from '#lib/remediation/lifecycle/plan';
import type { InPhase } from '#lib/remediation/lifecycle/transitions';
import { isWithdrawn } from '#lib/remediation/lifecycle/withdraw';
import { sendCommand } from '#lib/remediation/messages/send-command';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import { Note } from './note.ts';
import { presentRemediation, unknownRemediation } from './shown.ts';

/** The body of a decision: the hash of the plan. The token tells who decides. */
export const Decision = z.strictObject({
  hash: z.string().min(1).max(200).meta({ description: 'plan.hash of the remediation' }),
  by: Note.optional(),
});

/** A decision: `by` is the name of the token's holder, `note` the body's own `by`. */
export type DecisionBy = { hash: string; by: string; note?: string | undefined };

/** Limit of the further approvals kept for one plan. */
const MAX_SECONDED = 20;

export type ApprovalServices = OutboxServices & {
  clock: Clock;
  /** The queue of each action that has a function. */
  commands: Partial<Record<Action, Queue>>;
};

/**
 * Approves the waiting plan of a remediation and puts its command back on its queue, where its function makes the plan once
 * more: the approval holds only for the plan with this `hash`. Approving it again changes nothing, and puts the command on
 * its queue again until its function has taken it. The ledger records approvals by other people.
 *
 * @returns the remediation afterwards.
 * @throws HttpProblem 404 for an unknown id; 403 if the person has ordered the command, and the rules file wants another one to
 * approve it; 409 when this plan does not wait, or has waited longer than `PLAN_VALID_MS`, which ends the remediation as `skipped`.
 */
export async function approve(
  id: string,
  { hash, by, note }: DecisionBy,
  services: ApprovalServices,
): Promise<ShownRemediation> {
  const { store, clock } = services;
  const now = clock.now();
  await refuseOwn(id, by, services);
  const stored = await decide(id, hash, services, (remediation) =>
    isExpired(remediation, now) ? expirePlan(remediation) : approvePlan(remediation, { hash, by, note }, now),
  );
  if (stored.approval?.hash !== hash || stored.plan?.hash !== hash) throw notWaiting(stored, hash);
  await second(stored, { hash, by, note }, services);

  if (!isTakenUp(stored)) {
    await sendCommand(stored, services);
  }
  return presentRemediation(store, id);
}

/**
 * Rejects the waiting plan of a remediation, which ends it. Rejecting it again changes nothing.
 *
 * @returns the remediation afterwards.
 * @throws HttpProblem 404 for an unknown id; 409 when this plan does not wait.
 */
export async function reject(
  id: string,
  { hash, by, note }: DecisionBy,
  services: ApprovalServices,
): Promise<ShownRemediation> {
  const stored = await decide(id, hash, services, (remediation) =>
    rejectPlan(remediation, { hash, by, note }),
  );
  if (stored.state !== 'rejected' || isWithdrawn(stored) || stored.plan?.hash !== hash)
    throw notWaiting(stored, hash);
  return presentRemediation(services.store, id);
}

/** Records a decision if the plan of this hash waits for one. @returns the stored remediation afterwards. */
async function decide(
  id: string,
  hash: string,
  services: ApprovalServices,
  outcomeOf: (remediation: InPhase<'planned'>) => Recorded,
): Promise<Remediation> {
  const { stored } = await recordRemediation(services, id, services.clock.now(), (current) =>
    current.phase === 'planned' && current.plan.hash === hash ? outcomeOf(current) : undefined,
  );
  if (!stored) throw unknownRemediation(id);
  return stored;
}

/** Refuses the approval of a command that the person has ordered, if the rules file wants another one to approve it. */
async function refuseOwn(id: string, by: string, { store, rules }: ApprovalServices): Promise<void> {
  if (rules.approvals.by === 'anyone') return;
  const found = await readDocument(store, remediationKind, remediationKey(id));
  if (!found) throw unknownRemediation(id);
  const { askedBy } = found;
  if (askedBy !== by) return;
  throw new HttpProblem(
    403,
    'Forbidden',
    `${by} has ordered remediation ${id}, and the rules file wants another person to approve it (approvals.by: another)`,
    undefined,
    { members: { askedBy } },
  );
}

/** Records one more person's approval of an approved plan. The same one again changes nothing. */
async function second({ id }: Remediation, decision: DecisionBy, services: ApprovalServices): Promise<void> {
  const { hash, by, note } = decision;
  await recordRemediation(services, id, services.clock.now(), (current) => {
    const { approval, consent: { by: known } = { by: [] } } = current;
    const isKnown = known.some((one) => one.by === by && one.note === note);
    const isNew = approval?.hash === hash && !isKnown && known.length <= MAX_SECONDED;
    return isNew ? secondPlan(current, decision) : undefined;
  });
}

/** Whether the function of its action has taken a remediation since the approval. */
function isTakenUp({ judgements = 0, consent }: Remediation): boolean {
  return judgements > (consent?.judgements ?? 0);
}

function notWaiting({ id, state, plan, why }: Remediation, hash: string): HttpProblem {
  const said = why === undefined ? '' : `: ${why}`;
  const detail =
    state === 'awaiting-approval'
      ? `Not plan ${hash} of remediation ${id} waits, but ${plan.hash}${said}. Look at it, and decide on that one`
      : `Remediation ${id} is ${state} and does not wait for plan ${hash}${said}`;
  return new HttpProblem(409, 'Conflict', detail);
}
