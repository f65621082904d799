import type { Facts } from '#lib/guards/guard';
import type { Invocation } from '#lib/handler/invocation';
import type { Remediation } from '#lib/ledger/remediation';
import type { Mode } from '#lib/rules/rules';
import type { ActionDefinition } from './action.ts';
import { nameOf } from './facts.ts';
import { effectiveMode } from './limits.ts';
import { type Changes, isRungFailed, isVerifying, record } from './outcome.ts';
import { planOf } from './plan.ts';
import { isBegun, stateWhenRefused, withRefused } from './refusal.ts';
import type { RemediationServices } from './services.ts';
import { asWholes, firstRefusal, guardReceipts, handedOver, type Judged, reasons } from './verdicts.ts';

/** Whether there is anything left to decide: an observed command is still to be explained by its guards. */
export function isOpen(remediation: Remediation): boolean {
  const { state, receipts } = remediation;
  if (isRungFailed(remediation)) return false;
  if (state === 'observed') return !receipts.some(({ step }) => step === 'guard');
  return state === 'submitting' || state === 'deferred';
}

/**
 * Evaluates the guards of one command, decides, and records both.
 *
 * @returns the facts of those targets that are to be acted on now.
 */
export async function judge<Body extends Record<string, unknown>>(
  action: ActionDefinition<Body>,
  remediation: Remediation,
  facts: readonly Facts[],
  { store, rules, clock }: RemediationServices,
  { log }: Invocation,
): Promise<Facts[]> {
  const now = clock.now();
  const doneBefore = facts.map((fact) => action.alreadyDone?.(fact));
  const done = doneBefore.includes(undefined) ? undefined : doneBefore[0];
  const judged = asWholes(
    facts.map((fact): Judged => ({ facts: fact, verdicts: action.guards.map((guard) => guard(fact, now)) })),
    action,
  );
  const allowed = judged
    .filter(({ verdicts }) => verdicts.every((verdict) => verdict.allowed))
    .map((one) => one.facts);
  const refused = judged.filter((one) => !allowed.includes(one.facts));
  const said = effectiveMode(rules, remediation);
  const isStricter = action.needsApproval === true && said.mode === 'act';
  const mode = isStricter ? 'approve' : said.mode;
  const plan = allowed.length > 0 ? planOf(action, remediation, allowed, now) : undefined;
  const approval = plan && remediation.approval?.hash === plan.hash ? remediation.approval : undefined;
  const skipped = refused.map((one) => ({ target: nameOf(one.facts), why: firstRefusal(one) }));
  const decision = decide(remediation, { mode, why: said.why, plan, refused, done });
  const receipts = [
    {
      step: 'guard',
      guard: 'mode',
      allowed: mode === 'act' || (mode === 'approve' && approval !== undefined),
      why: [
        said.why,
        ...(isStricter ? [`${action.action} always waits for an approval`] : []),
        ...(approval ? [`${approval.by} approved exactly this plan at ${approval.at}`] : []),
      ].join('; '),
    },
    ...guardReceipts(judged),
    // A command that was put off has its guards on record; only what has changed for the worse is added.
  ].filter((receipt) => !receipt.allowed || remediation.deferrals === undefined);
  const isVoid = decision.state === 'awaiting-approval' && remediation.approval !== undefined;
  const voided = {
    step: 'approval',
    decision: 'void',
    approved: remediation.approval?.hash,
    plan: plan?.hash,
  };
  const current = await record(store, remediation.id, now, isOpen, (stored) => ({
    changes: {
      ...decision,
      // What an earlier call was accepted for is still to be seen.
      ...(decision.state !== undefined && isVerifying(stored) && { state: 'verifying' as const }),
      ...(done === undefined && { outcomes: withRefused(stored, skipped) }),
    },
    receipts:
      done === undefined
        ? [...receipts, ...(isVoid ? [voided] : [])]
        : [{ step: 'guard', guard: 'already-done', allowed: false, why: done }],
  }));
  log.info(decision.state ?? 'allowed', {
    correlationId: remediation.id,
    targets: allowed.map(nameOf),
    why: decision.why,
  });
  return decision.state === undefined && current && isOpen(current) ? allowed : [];
}

/** What becomes of a command; without a state, it is carried out. */
function decide(
  remediation: Remediation,
  {
    mode,
    why: said,
    plan,
    refused,
    done,
  }: {
    mode: Mode;
    why: string;
    plan: Remediation['plan'];
    refused: readonly Judged[];
    done: string | undefined;
  },
): Changes {
  const { action, approval } = remediation;
  const refusal = reasons(refused);
  const begun = isBegun(remediation);
  if (mode === 'observe' && begun) {
    return { state: 'failed', why: `${said}; what has failed for some of its nodes is not tried again` };
  }
  if (mode === 'observe') {
    const would =
      plan && done === undefined
        ? `${action} would have been called`
        : `nothing would have been done: ${done ?? refusal}`;
    return { state: 'observed', why: `${said}; ${would}`, ...(plan && { plan }) };
  }
  if (done !== undefined) return { state: 'succeeded', why: done };
  const forPerson = handedOver(refused);
  if (!plan && forPerson !== undefined) return { state: 'needs-human', why: forPerson };
  if (!plan) return { state: stateWhenRefused(remediation), why: refusal };
  // A plan that shows a difference is kept, whoever let it be carried out: what comes about is judged against it.
  // What of an approved plan has failed for some of its nodes is tried again for those.
  const isApproved = approval !== undefined && (begun || approval.hash === plan.hash);
  if (mode === 'act' || isApproved) return plan.changes === undefined ? {} : { plan };
  const why = approval
    ? 'things have changed since the plan was approved: the new plan waits for an approval of its own'
    : 'the plan waits for an approval';
  return { state: 'awaiting-approval', why, plan };
}
