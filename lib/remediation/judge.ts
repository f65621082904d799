import type { Facts, Verdict } from '#lib/guards/guard';
import type { Invocation } from '#lib/handler/invocation';
import { contentId } from '#lib/hash';
import type { Remediation } from '#lib/ledger/remediation';
import type { Mode } from '#lib/rules/rules';
import type { ActionDefinition } from './action.ts';
import { nameOf } from './facts.ts';
import { effectiveMode } from './limits.ts';
import { type Changes, record } from './outcome.ts';
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
  const done = facts.map((fact) => action.alreadyDone?.(fact)).find((why) => why !== undefined);
  const judged = facts.map(
    (fact): Judged => ({ facts: fact, verdicts: action.guards.map((guard) => guard(fact, now)) }),
  );
  const allowed = judged
    .filter(({ verdicts }) => verdicts.every((verdict) => verdict.allowed))
    .map((one) => one.facts);
  const refused = judged.filter((one) => !allowed.includes(one.facts));
  const said = effectiveMode(rules, remediation);
  const mode = action.needsApproval && said.mode === 'act' ? 'approve' : said.mode;
  const plan = allowed.length > 0 ? planOf(action, remediation, allowed) : undefined;

  const decision =
    done === undefined
      ? decide(remediation, { mode, why: said.why, plan, refused })
      : { state: 'succeeded' as const, why: done };
  const receipts = [
    { step: 'guard', guard: 'mode', allowed: mode === 'act', why: said.why },
    ...judged.flatMap((one) =>
      one.verdicts.map((verdict) => ({ step: 'guard', target: nameOf(one.facts), ...verdict })),
    ),
    // A command that was put off has its guards on record; only what has changed for the worse is added.
  ].filter((receipt) => !receipt.allowed || remediation.deferrals === undefined);
  const outcomes = Object.fromEntries(
    refused.map((one) => [nameOf(one.facts), { state: 'skipped' as const, why: firstRefusal(one) }]),
  );

  const current = await record(store, remediation.id, now, isOpen, (stored) => ({
    changes: { ...decision, ...(done === undefined && { outcomes: { ...stored.outcomes, ...outcomes } }) },
    receipts: done === undefined ? receipts : [{ step: 'verify', why: done }],
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
  { action, approval, outcomes }: Remediation,
  {
    mode,
    why: said,
    plan,
    refused,
  }: { mode: Mode; why: string; plan: Remediation['plan']; refused: readonly Judged[] },
): Changes {
  const refusal = reasons(refused);
  if (mode === 'observe') {
    const would = plan ? `${action} would have been called` : `nothing would have been done: ${refusal}`;
    return { state: 'observed', why: `${said}; ${would}`, ...(plan && { plan }) };
  }
  if (!plan) {
    const begun = Object.values(outcomes).some(({ state }) => state === 'succeeded' || state === 'failed');
    return { state: begun ? 'failed' : 'skipped', why: refusal };
  }
  if (mode === 'act' || approval?.hash === plan.hash) return {};
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
): Remediation['plan'] {
  const [first] = facts;
  if (!first) return undefined;
  const request = action.request(facts.map(nameOf), action.terms(first));
  const basis = facts.map(basisOf);
  const changes = action.changes?.(first);
  return {
    hash: contentId({ name, pool, nodePool, request, basis }),
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

function reasons(refused: readonly Judged[]): string {
  const [first, ...others] = refused;
  if (!first) return 'nothing is left to be done';
  return `${firstRefusal(first)}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
}

function firstRefusal({ verdicts }: Judged): string {
  return verdicts.find(({ allowed }) => !allowed)?.why ?? '';
}
