import * as z from 'zod';
import type { Queue } from '#lib/aws/queue';
import type { Clock } from '#lib/clock';
import { HttpProblem } from '#lib/handler/problem';
import type { ShownRemediation } from '#lib/ledger/listing';
import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { record } from '#lib/remediation/outcome';
import { expired, isExpired, type PlanDecision } from '#lib/remediation/plan-expiry';
import { sendCommand } from '#lib/remediation/send-command';
import type { Action } from '#lib/rules/action';
import { shown, unknownRemediation } from './shown.ts';

/** The body of a decision: the hash of the plan that is meant, and who decides, if the token is not to stand for them. */
export const Decision = z.strictObject({
  hash: z.string().min(1).max(200).meta({ description: 'plan.hash of the remediation' }),
  by: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .default('console token')
    .meta({ description: 'Who decides; kept in the ledger' }),
});
export type Decision = z.output<typeof Decision>;

export type ApprovalServices = {
  store: Store;
  clock: Clock;
  /** The queue of each action that has a function. */
  commands: Partial<Record<Action, Queue>>;
};

/**
 * Approves the waiting plan of a remediation and puts its command back on its queue, where the plan is made once more: the
 * approval holds for exactly the plan that `hash` names. Approving it again changes nothing, and puts the command on its
 * queue again as long as its function has not come to it.
 *
 * @returns the remediation as it is then.
 * @throws HttpProblem 404 for an unknown id; 409 when this plan does not wait, or has waited longer than `PLAN_VALID_MS`,
 * which ends the remediation as `skipped`.
 */
export async function approve(
  id: string,
  { hash, by }: Decision,
  services: ApprovalServices,
): Promise<ShownRemediation> {
  const { store, clock } = services;
  const now = clock.now();
  const stored = await decide(id, hash, services, (remediation) =>
    isExpired(remediation, now)
      ? expired(remediation)
      : approved({ hash, by, at: new Date(now).toISOString() }),
  );
  if (stored.approval?.hash !== hash || stored.plan?.hash !== hash) throw notWaiting(stored, hash);

  if (!isTakenUp(stored)) {
    await sendCommand(stored, services);
  }
  return shown(store, id);
}

/**
 * Rejects the waiting plan of a remediation, which ends it. Rejecting it again changes nothing.
 *
 * @returns the remediation as it is then.
 * @throws HttpProblem 404 for an unknown id; 409 when this plan does not wait.
 */
export async function reject(
  id: string,
  { hash, by }: Decision,
  services: ApprovalServices,
): Promise<ShownRemediation> {
  const stored = await decide(id, hash, services, () => ({
    changes: { state: 'rejected', why: `${by} rejected the plan` },
    receipt: { step: 'approval', decision: 'rejected', hash, by },
  }));
  if (stored.state !== 'rejected' || stored.plan?.hash !== hash) throw notWaiting(stored, hash);
  return shown(services.store, id);
}

/** Records a decision if the plan of this hash waits for one. @returns the remediation as it is stored then. */
async function decide(
  id: string,
  hash: string,
  { store, clock }: ApprovalServices,
  outcomeOf: (remediation: Remediation) => PlanDecision,
): Promise<Remediation> {
  const waits = ({ state, plan }: Remediation) => state === 'awaiting-approval' && plan?.hash === hash;
  const stored = await record(store, id, clock.now(), waits, (remediation) => {
    const { changes, receipt } = outcomeOf(remediation);
    return { changes, receipts: [receipt] };
  });
  if (!stored) throw unknownRemediation(id);
  return stored;
}

function approved(approval: NonNullable<Remediation['approval']>): PlanDecision {
  const { hash, by } = approval;
  return {
    changes: { state: 'submitting', why: `${by} approved the plan`, approval },
    receipt: { step: 'approval', decision: 'approved', hash, by },
  };
}

/** Whether the function of its action has come to a remediation since it was approved. */
function isTakenUp({ receipts }: Remediation): boolean {
  const approvedAt = receipts.findLastIndex(({ step }) => step === 'approval');
  return receipts.slice(approvedAt).some(({ step }) => step === 'guard' || step === 'intent');
}

function notWaiting({ id, state, plan, why }: Remediation, hash: string): HttpProblem {
  const said = why === undefined ? '' : `: ${why}`;
  const detail =
    state === 'awaiting-approval'
      ? `Not plan ${hash} of remediation ${id} waits, but ${plan?.hash}${said}. Look at it, and decide on that one`
      : `Remediation ${id} is ${state} and does not wait for plan ${hash}${said}`;
  return new HttpProblem(409, 'Conflict', detail);
}
