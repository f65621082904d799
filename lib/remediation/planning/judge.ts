import type { ActionDefinition } from '#lib/actions/action';
import { takesOutOfService } from '#lib/actions/traits';
import { newHold } from '#lib/capacity/hold-targets';
import { takeHolds } from '#lib/capacity/holds';
import type { Entry } from '#lib/capacity/wait-list';
import { largestGroup, waitListEntry } from '#lib/capacity/wait-list-entry';
import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import { asPassing } from '#lib/guards/passing';
import type { PoolRecord } from '#lib/ledger/pool-record';
import type { Remediation } from '#lib/ledger/remediation';
import type { Judged as Judgements } from '#lib/remediation/lifecycle/judge';
import { effectiveMode } from '#lib/remediation/record/limits';
import { resolvedBy } from '#lib/remediation/record/resolution';
import type { Rules } from '#lib/rules/rules';
import { decide, needsConsent } from './decide.ts';
import { guardsOf } from './disruption.ts';
import { notSeenBy } from './not-seen.ts';
import { planOf } from './plan.ts';
import { stopsWithPerson } from './refused-alert.ts';
import {
  deferrersOf,
  firstRefusal,
  type GuardReceipt,
  guardReceipts,
  handedOver,
  isDeferred,
  isUnknown,
  type Judged,
  refuseWithGroup,
} from './verdicts.ts';

/** The decision about a command, before it is recorded. */
export type Judgement = {
  remediation: Remediation;
  /** The facts of the targets that may be called now. */
  allowed: readonly Facts[];
  /** Its entry in the wait list, if it is deferred. */
  wait?: Entry;
  judged: Judgements;
  /** The pool, with slots for the targets of this command. The next command of the batch is judged by it. */
  poolRecord: PoolRecord | undefined;
};

/**
 * Evaluates the guards of one command on its facts, and decides. Pure: it records nothing, and takes no slot.
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
  const { judged, poolRecord } = askGuards(action, remediation, facts, now);
  const deferred = judged.filter(isDeferred);
  const allowed = judged
    .filter(({ verdicts }) => verdicts.every((verdict) => verdict.allowed))
    .map((one) => one.facts);
  const refused = judged.filter((one) => !allowed.includes(one.facts) && !deferred.includes(one));

  const said = effectiveMode(rules, remediation);
  const consent = said.mode === 'act' ? needsConsent(action, facts) : undefined;
  const mode = consent === undefined ? said.mode : 'approve';
  // The plan for an approval, or of an observed command, contains the allowed targets and those that must wait.
  const plannable = deferred.filter((one) => !isUnknown(one)).map((one) => one.facts);
  const planned = mode === 'act' ? allowed : [...allowed, ...plannable.filter(isSeen)];
  const plan = planned.length > 0 ? planOf(action, remediation, planned, now) : undefined;
  const approval = plan && remediation.approval?.hash === plan.hash ? remediation.approval : undefined;
  const decision = decide(remediation, {
    mode,
    said: said.why,
    plan,
    allowed,
    deferred,
    refused,
    done,
    stops: stopsWithPerson(remediation, refused, rules),
  });
  // An approved plan runs as a whole, so it needs all its slots at once.
  const slots = mode === 'act' ? largestGroup(deferred, judged, action) : planned.length;
  const wait = decision.phase === 'waiting' ? waitListEntry(remediation, deferred, slots, now) : undefined;
  const isCarriedOut = decision.phase === undefined;
  const ofMode = {
    step: 'guard' as const,
    guard: 'mode',
    allowed: mode === 'act' || (mode === 'approve' && approval !== undefined),
    why: [
      said.why,
      ...(consent === undefined ? [] : [consent]),
      ...(approval ? [`${approval.by} approved exactly this plan at ${approval.at}`] : []),
    ].join('; '),
  };
  return {
    remediation,
    allowed: isCarriedOut ? allowed : [],
    ...(wait && { wait }),
    judged: {
      decision,
      ...(wait && {
        deferral: { until: new Date(wait.comesBackAtMs).toISOString(), ...deferrersOf(deferred) },
      }),
      refused: refused.map(refusedTarget),
      waiting: isCarriedOut
        ? deferred.map((one) => ({ target: nameOf(one.facts), why: firstRefusal(one) }))
        : [],
      seen: seenOf(remediation, facts, now),
      verdicts: news([ofMode, ...guardReceipts(judged)], remediation),
      done,
    },
    poolRecord: isCarriedOut ? poolRecord : facts[0]?.poolRecord,
  };
}

/** Each target with the verdicts of all guards, and the pool with the slots of the targets that pass them. */
function askGuards<Body extends Record<string, unknown>>(
  action: ActionDefinition<Body>,
  remediation: Remediation,
  facts: readonly Facts[],
  now: number,
): { judged: readonly Judged[]; poolRecord: PoolRecord | undefined } {
  const guards = guardsOf(action, remediation);
  let poolRecord = facts[0]?.poolRecord;
  const evaluated = facts.map((original): Judged => {
    const fact = poolRecord ? { ...original, poolRecord } : original;
    const verdicts = guards.map((guard) => asPassing(guard(fact, now), fact, now));
    if (takesOutOfService(remediation) && verdicts.every(({ allowed }) => allowed))
      poolRecord = takeHolds(fact.poolRecord, { [nameOf(fact)]: newHold(fact, now, now) }, now);
    return { facts: fact, verdicts };
  });
  return { judged: refuseWithGroup(evaluated, action), poolRecord };
}

function refusedTarget(one: Judged): Judgements['refused'][number] {
  const forPerson = handedOver(one);
  return {
    target: nameOf(one.facts),
    why: forPerson ?? firstRefusal(one),
    forPerson: forPerson !== undefined,
  };
}

/** The facts of this reading that the next attempts and the call need. */
function seenOf(remediation: Remediation, facts: readonly Facts[], now: number): Judgements['seen'] {
  const { nodePoolFound, nodePool } = remediation;
  const asked = facts.map((fact) => fact.about ?? fact);
  const resolved = resolvedBy(remediation, asked, now);
  const notSeen = notSeenBy(remediation, facts);
  return {
    ...(resolved && { resolved }),
    ...(notSeen && { notSeen }),
    ...(nodePoolFound && { nodePool, nodePoolFound: true }),
  };
}

/**
 * The verdicts that are not on record yet. A deferred command already has its guards on record, so only new refusals are added. The
 * receipt of the next deferral gives its reason, with the numbers.
 */
function news(receipts: readonly GuardReceipt[], remediation: Remediation): readonly GuardReceipt[] {
  const { deferrals, judgedAgain, judged, refusedBy = [] } = remediation;
  const isAgain = deferrals !== undefined || judgedAgain !== undefined;
  // A command that was deferred unjudged has no guards on record.
  if (!isAgain || judged !== 'targets') return receipts;
  return receipts.filter(
    ({ guard, allowed, defers }) =>
      !allowed && !((defers === true || judgedAgain !== undefined) && refusedBy.includes(guard)),
  );
}

/** Whether the reading shows the target. Without it there is nothing to plan. */
function isSeen({ node, nodePool }: Facts): boolean {
  return node !== undefined || nodePool !== undefined;
}
