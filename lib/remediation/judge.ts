import type { Facts, Verdict } from '#lib/guards/guard';
import type { Invocation } from '#lib/handler/invocation';
import { canonicalJson, contentId } from '#lib/hash';
import type { Remediation } from '#lib/ledger/remediation';
import type { Mode } from '#lib/rules/rules';
import type { ActionDefinition } from './action.ts';
import { nameOf } from './facts.ts';
import { effectiveMode } from './limits.ts';
import { type Changes, isVerifying, record } from './outcome.ts';
import { isBegun, stateWhenRefused, withRefused } from './refusal.ts';
import type { ActionServices } from './services.ts';

type Judged = { facts: Facts; verdicts: readonly Verdict[] };

/** Whether there is anything left to decide: an observed command is still to be explained by its guards. */
export function isOpen({ state, receipts }: Remediation): boolean {
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
  { store, rules, clock }: ActionServices,
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

/** Refuses, with any part of a whole, the rest of it. */
function asWholes<Body extends Record<string, unknown>>(
  judged: readonly Judged[],
  { wholeOf }: ActionDefinition<Body>,
): readonly Judged[] {
  if (!wholeOf) return judged;
  const isRefused = ({ verdicts }: Judged) => verdicts.some(({ allowed }) => !allowed);
  const torn = new Map(judged.filter(isRefused).map((one) => [wholeOf(one.facts), one]));
  torn.delete(undefined);
  return judged.map((one) => {
    const whole = wholeOf(one.facts);
    const missing = torn.get(whole);
    if (!missing || isRefused(one)) return one;
    const why = `${whole} goes as a whole; ${nameOf(missing.facts)}: ${firstRefusal(missing)}`;
    return { ...one, verdicts: [...one.verdicts, { guard: 'as-a-whole', allowed: false, why }] };
  });
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

/** What exactly would be sent, what it rests on, and the hash by which a person can name both. */
function planOf<Body extends Record<string, unknown>>(
  action: ActionDefinition<Body>,
  { action: name, pool, nodePool }: Remediation,
  facts: readonly Facts[],
  now: number,
): Remediation['plan'] {
  const [first] = facts;
  if (!first) return undefined;
  const request = action.request(facts.map(nameOf), action.terms(first));
  const basis = facts.map(basisOf);
  const changes = action.changes?.(first);
  return {
    hash: contentId({ name, pool, nodePool, request, basis, changes }),
    at: new Date(now).toISOString(),
    request,
    basis,
    ...(changes !== undefined && { changes }),
  };
}

/** The state of a target on which a plan rests: when it has moved, the plan is another. */
function basisOf({ target, node, nodePool }: Facts): unknown {
  if (nodePool)
    return { nodePool: nodePool.name, resources: nodePool.resources, nodeCounts: nodePool.nodeCounts };
  return { node: node?.name ?? target, phase: node?.phase };
}

/** One receipt for each verdict, with the targets that it is for: the same words for many nodes are kept once. */
function guardReceipts(judged: readonly Judged[]) {
  const given = judged.flatMap((one) =>
    one.verdicts.map((verdict) => ({ target: nameOf(one.facts), verdict })),
  );
  const alike = Map.groupBy(given, ({ verdict }) => canonicalJson(verdict));
  return [...alike.values()].flatMap(([first, ...others]) =>
    first ? { step: 'guard', ...first.verdict, targets: [first, ...others].map(({ target }) => target) } : [],
  );
}

function reasons(refused: readonly Judged[]): string {
  const [first, ...others] = refused;
  if (!first) return 'nothing is left to be done';
  return `${firstRefusal(first)}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
}

function firstRefusal({ verdicts }: Judged): string {
  return verdicts.find(({ allowed }) => !allowed)?.why ?? '';
}
