import type { ActionDefinition } from '#lib/actions/action';
import { takesOutOfService } from '#lib/actions/traits';
import { slotFor } from '#lib/capacity/reserve';
import { takeSlots } from '#lib/capacity/slots';
import type { Entry } from '#lib/capacity/wait-list';
import { largestGroup, waitListEntry } from '#lib/capacity/wait-list-entry';
import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import { asPassing } from '#lib/guards/passing';
import type { Invocation } from '#lib/handler/invocation';
import type { PoolRecord } from '#lib/ledger/pool-record';
import type { NewReceipt } from '#lib/ledger/receipt';
import type { Remediation } from '#lib/ledger/remediation';
import { waitsUntil } from '#lib/remediation/lifecycle/defer';
import { type Changes, recordIfAllowed } from '#lib/remediation/lifecycle/move';
import { isBegun, withRefused, withWaiting } from '#lib/remediation/lifecycle/outcomes';
import { withVerdicts } from '#lib/remediation/lifecycle/spoken';
import { phaseOf } from '#lib/remediation/lifecycle/state-of';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { effectiveMode } from '#lib/remediation/record/limits';
import { isLastAttempt, isRungFailed, isVerifying } from '#lib/remediation/record/outcome';
import { resolvedBy } from '#lib/remediation/record/resolution';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { Mode, Rules } from '#lib/rules/rules';
import { guardsOf } from './disruption.ts';
import { notSeenBy } from './not-seen.ts';
import { planOf } from './plan.ts';
import { handoverReceipts, stopsWithPerson } from './refused-alert.ts';
import {
  firstRefusal,
  type GuardReceipt,
  guardReceipts,
  handedOver,
  isDeferred,
  isUnknown,
  type Judged,
  reasons,
  refuseWithGroup,
} from './verdicts.ts';

/** Whether there is anything left to decide: an observed command is still to be explained by its guards. */
export function isOpen(remediation: Remediation): boolean {
  const { state, judged } = remediation;
  if (isRungFailed(remediation)) return false;
  if (state === 'observed') return judged === undefined;
  return state === 'submitting' || state === 'deferred';
}

/** What has been decided about a command, and not yet recorded. */
export type Judgement = {
  remediation: Remediation;
  /** The facts of those targets that are to be acted on now. */
  allowed: readonly Facts[];
  /** What it waits for, if it is put off. */
  wait?: Entry;
  changes: Changes;
  receipts: readonly NewReceipt[];
  /** The pool, with those targets held that are to be acted on: what the next command of a batch is judged by. */
  poolRecord: PoolRecord | undefined;
};

/**
 * Evaluates the guards of one command on what has been read, and decides. Pure: nothing is recorded, and no place is taken.
 */
export function judgeCommand<Body extends Record<string, unknown>>(
  action: ActionDefinition<Body>,
  remediation: Remediation,
  facts: readonly Facts[],
  rules: Rules,
  now: number,
): Judgement {
  const doneBefore = facts.map((fact) => action.alreadyDone?.(fact));
  const done = doneBefore.includes(undefined) ? undefined : doneBefore[0];
  const guards = guardsOf(action, remediation);
  let poolRecord = facts[0]?.poolRecord;
  const evaluated = facts.map((original): Judged => {
    const fact = poolRecord ? { ...original, poolRecord } : original;
    const verdicts = guards.map((guard) => asPassing(guard(fact, now), fact, now));
    if (takesOutOfService(remediation) && verdicts.every(({ allowed }) => allowed))
      poolRecord = takeSlots(fact.poolRecord, { [nameOf(fact)]: slotFor(fact, now, now) }, now);
    return { facts: fact, verdicts };
  });
  const judged = refuseWithGroup(evaluated, action);
  const allowed = judged
    .filter(({ verdicts }) => verdicts.every((verdict) => verdict.allowed))
    .map((one) => one.facts);
  const deferred = judged.filter(isDeferred);
  const refused = judged.filter((one) => !allowed.includes(one.facts) && !deferred.includes(one));

  const said = effectiveMode(rules, remediation);
  const consent = said.mode === 'act' ? needsConsent(action, facts) : undefined;
  const isStricter = consent !== undefined;
  const mode = isStricter ? 'approve' : said.mode;
  // What has to wait is part of what a person approves, and of what would have been done.
  const plannable = deferred.filter((one) => !isUnknown(one)).map((one) => one.facts);
  const planned = mode === 'act' ? allowed : [...allowed, ...plannable.filter(isSeen)];
  const plan = planned.length > 0 ? planOf(action, remediation, planned, now) : undefined;
  const approval = plan && remediation.approval?.hash === plan.hash ? remediation.approval : undefined;
  const decision = decide(
    remediation,
    { mode, why: said.why, plan, allowed, deferred, refused, done },
    stopsWithPerson(remediation, refused, rules),
  );
  // What a person has approved goes as it stands.
  const places = mode === 'act' ? largestGroup(deferred, judged, action) : planned.length;
  const wait = decision.phase === 'waiting' ? waitListEntry(remediation, deferred, places, now) : undefined;
  const isCarriedOut = decision.phase === undefined;

  // One that was put off before it could be judged has no guards on record.
  const isAgain = remediation.deferrals !== undefined || remediation.judgedAgain !== undefined;
  const isOnRecord = isAgain && remediation.judged === 'targets';
  const receipts = [
    {
      step: 'guard' as const,
      guard: 'mode',
      allowed: mode === 'act' || (mode === 'approve' && approval !== undefined),
      why: [
        said.why,
        ...(consent === undefined ? [] : [consent]),
        ...(approval ? [`${approval.by} approved exactly this plan at ${approval.at}`] : []),
      ].join('; '),
    },
    ...guardReceipts(judged),
  ].filter((receipt) => !isOnRecord || isNews(receipt, remediation));
  const isVoid = decision.phase === 'planned' && remediation.approval !== undefined;
  const voided = {
    step: 'approval' as const,
    decision: 'void' as const,
    approved: remediation.approval?.hash,
    plan: plan?.hash,
  };
  const skipped = refused.map((one) => {
    const forPerson = handedOver(one);
    return {
      target: nameOf(one.facts),
      why: forPerson ?? firstRefusal(one),
      forPerson: forPerson !== undefined,
    };
  });
  const waiting = isCarriedOut
    ? deferred.map((one) => ({ target: nameOf(one.facts), why: firstRefusal(one) }))
    : [];
  const until = wait && new Date(wait.comesBackAtMs).toISOString();
  const resolved = resolvedBy(
    remediation,
    facts.map((fact) => fact.about ?? fact),
    now,
  );
  const notSeen = notSeenBy(remediation, facts);
  return {
    remediation,
    allowed: isCarriedOut ? allowed : [],
    ...(wait && { wait }),
    changes: {
      ...decision,
      ...(resolved && { resolved }),
      ...(notSeen && { notSeen }),
      ...withVerdicts(
        remediation,
        done === undefined ? receipts : [{ guard: 'already-done', allowed: false }],
      ),
      ...(remediation.nodePoolFound && { nodePool: remediation.nodePool, nodePoolFound: true }),
      ...(until !== undefined && {
        ...waitsUntil(remediation, until, decision.why ?? ''),
        putOff: undefined,
      }),
      ...(done === undefined && {
        outcomes: withWaiting({ outcomes: withRefused(remediation, skipped) }, waiting),
      }),
    },
    receipts:
      done === undefined
        ? [
            ...receipts,
            ...(isVoid ? [voided] : []),
            ...(until === undefined ? [] : [{ step: 'defer' as const, until, why: decision.why }]),
          ]
        : [{ step: 'guard', guard: 'already-done', allowed: false, why: done }],
    poolRecord: isCarriedOut ? poolRecord : facts[0]?.poolRecord,
  };
}

/**
 * Records what has been decided about a command, unless it has moved on in the meantime, or another attempt has decided: then
 * the rest is for that one to do. One that has to wait is put on its queue again.
 *
 * @returns the remediation as it is stored then, and the facts of those targets that are to be acted on now; undefined where
 * nothing was recorded.
 */
export async function recordJudgement(
  { remediation, allowed, wait, changes, receipts }: Judgement,
  services: RemediationServices,
  { log }: Invocation,
): Promise<{ stored: Remediation; allowed: readonly Facts[] } | undefined> {
  const { store, clock } = services;
  const { outcomes = {} } = changes;
  const changed = Object.entries(outcomes).filter(
    ([target, outcome]) => outcome !== remediation.outcomes[target],
  );
  const handover =
    changes.phase === 'needs-human'
      ? await handoverReceipts(store, services.rules, remediation, changes.why ?? '')
      : [];
  const isStill = (stored: Remediation) =>
    isOpen(stored) && stored.callId === remediation.callId && isLastAttempt(remediation, stored);
  const { stored: current, written } = await recordIfAllowed(
    store,
    remediation.id,
    clock.now(),
    isStill,
    (stored) => ({
      by: 'judge',
      changes: {
        ...changes,
        judgements: (stored.judgements ?? 0) + 1,
        ...(changes.outcomes && { outcomes: { ...stored.outcomes, ...Object.fromEntries(changed) } }),
        // What an earlier call was accepted for is still to be seen.
        ...(changes.phase !== undefined && !wait && isVerifying(stored) && { phase: 'verifying' as const }),
      },
      receipts: [...receipts, ...handover],
    }),
  );
  // Of several that judge at once, one has decided.
  if (!written || !current) return undefined;
  log.info(changes.phase === undefined ? 'allowed' : current.state, {
    correlationId: remediation.id,
    targets: allowed.map(nameOf),
    why: changes.why,
  });
  if (wait) await sendCommand(current, services, current.deferredUntil);
  return { stored: current, allowed };
}

/**
 * A command that was put off by its guards has them on record; only what has changed for the worse is added. What it is put
 * off for once more is said, with the numbers, by the receipt for that.
 */
function isNews(
  { guard, allowed, defers }: Pick<GuardReceipt, 'guard' | 'allowed' | 'defers'>,
  { refusedBy = [], judgedAgain }: Remediation,
): boolean {
  if (allowed) return false;
  return !((defers === true || judgedAgain !== undefined) && refusedBy.includes(guard));
}

/** Of what the reading does not show there is nothing to plan. */
function isSeen({ node, nodePool }: Facts): boolean {
  return node !== undefined || nodePool !== undefined;
}

/** Why a command has to wait for an approval although its mode is `act`; undefined where it has not. */
function needsConsent<Body extends Record<string, unknown>>(
  { action, needsApproval }: ActionDefinition<Body>,
  facts: readonly Facts[],
): string | undefined {
  if (typeof needsApproval === 'function')
    return facts.map((fact) => needsApproval(fact)).find((why) => why !== undefined);
  return needsApproval === true ? `${action} always waits for an approval` : undefined;
}

/** What becomes of a command; without a phase, it is carried out. */
function decide(
  remediation: Remediation,
  {
    mode,
    why: said,
    plan,
    allowed,
    deferred,
    refused,
    done,
  }: {
    mode: Mode;
    why: string;
    plan: Remediation['plan'];
    allowed: readonly Facts[];
    deferred: readonly Judged[];
    refused: readonly Judged[];
    done: string | undefined;
  },
  stops: string | undefined,
): Changes {
  const { action, approval } = remediation;
  const refusal = reasons(refused);
  const begun = isBegun(remediation);
  if (mode === 'observe' && begun) {
    return { phase: 'failed', why: `${said}; what has failed for some of its nodes is not tried again` };
  }
  if (mode === 'observe') {
    const once = deferred.length > 0 ? `, but not yet: ${reasons(deferred)}` : '';
    const would =
      plan && done === undefined
        ? `${action} would have been called${once}`
        : `nothing would have been done: ${done ?? (refused.length > 0 ? refusal : reasons(deferred))}`;
    return { phase: 'observed', why: `${said}; ${would}`, ...(plan && { plan }) };
  }
  if (done !== undefined) return { phase: 'succeeded', why: done };
  if (!plan && deferred.length === 0) {
    const forPerson = refused.map(handedOver).find((reason) => reason !== undefined);
    if (forPerson !== undefined) return { phase: 'needs-human', why: forPerson };
    if (stops !== undefined) {
      const rung = (remediation.ladder?.rung ?? 0) + 1;
      return { phase: 'needs-human', why: `the ladder stops at rung ${rung}, and its alert fires: ${stops}` };
    }
    return { phase: phaseOf(remediation.outcomes), why: refusal };
  }
  // Nobody is asked to approve a plan for something of which too little is known.
  if (mode === 'approve' && deferred.some(isUnknown))
    return { phase: 'waiting', why: `it waits: ${reasons(deferred.filter(isUnknown))}` };
  if (!plan) return { phase: 'waiting', why: `it waits: ${reasons(deferred)}` };
  const isApproved = approval !== undefined && (begun || approval.hash === plan.hash);
  if (mode === 'act' || isApproved) {
    const mustWait = mode === 'act' ? allowed.length === 0 : deferred.length > 0;
    if (mustWait) return { phase: 'waiting', why: `it waits: ${reasons(deferred)}` };
    // A plan that shows a difference is kept, whoever let it be carried out: what comes about is judged against it.
    return plan.changes === undefined ? {} : { plan };
  }
  const why = approval
    ? 'things have changed since the plan was approved: the new plan waits for an approval of its own'
    : 'the plan waits for an approval';
  return { phase: 'planned', why, plan };
}
