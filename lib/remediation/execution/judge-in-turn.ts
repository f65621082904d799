import type { ActionDefinition } from '#lib/actions/action';
import { destinationOf } from '#lib/actions/migrate-nodes/terms';
import type { Clock } from '#lib/clock';
import type { Facts } from '#lib/guards/guard';
import { oneAtATime } from '#lib/guards/history';
import { nameOf } from '#lib/guards/name-of';
import type { Invocation } from '#lib/handler/invocation';
import type { PoolRecord } from '#lib/ledger/pool-record';
import { reportUnreadable } from '#lib/remediation/messages/report-unreadable';
import { type Judgement, judgeCommand } from '#lib/remediation/planning/judge';
import { rungsBefore } from '#lib/remediation/record/ladder';
import { targetsAsNamed } from '#lib/remediation/record/open';
import type { RemediationServices } from '#lib/remediation/record/services';
import { deferOrFail, TargetBusyError } from './defer.ts';
import type { Task } from './take-up.ts';

/** The shared facts of the commands of one pool. */
export type Batch<Body extends Record<string, unknown>> = {
  action: ActionDefinition<Body>;
  /** By remediation id. */
  facts: ReadonlyMap<string, readonly Facts[]>;
  /** Nodes that are being taken out of the pool; grows with every decision. */
  leaving: Map<string, string>;
  poolRecord: PoolRecord;
  services: RemediationServices;
  invocation: Invocation;
};

/** A command with the decision about it. */
export type JudgedTask = { task: Task; judgement: Judgement };

/**
 * Judges the commands of a pool in their order, each after those before it have taken their slots and their nodes. A command with
 * unreadable facts, or one that must wait for another remediation of its target, is deferred unjudged.
 */
export async function judgeInTurn<Body extends Record<string, unknown>>(
  tasks: readonly Task[],
  batch: Batch<Body>,
): Promise<JudgedTask[]> {
  const { action, facts, leaving, services, invocation } = batch;
  let { poolRecord } = batch;
  const judged: JudgedTask[] = [];
  for (const task of tasks) {
    const { remediation, records } = task;
    const known = facts.get(remediation.id) ?? [];
    const hindrance = await whyNotJudged(task, known, batch);
    if (hindrance) {
      const unjudged = { remediation, records, targets: targetsAsNamed(remediation) };
      await deferOrFail([unjudged], hindrance, services, invocation);
      continue;
    }
    const now = known.map((fact) => ({ ...fact, poolRecord }));
    const judgement = judgeCommand(action, remediation, now, services.rules, services.clock.now());
    judged.push({ task, judgement });
    poolRecord = judgement.poolRecord ?? poolRecord;
    if (action.takesNodesAway && destinationOf(remediation) !== undefined)
      for (const fact of judgement.allowed) leaving.set(nameOf(fact), remediation.id);
  }
  return judged;
}

/** Why a command cannot be judged now; undefined if it can. It reports an unreadable document to people. */
async function whyNotJudged<Body extends Record<string, unknown>>(
  { remediation }: Task,
  facts: readonly Facts[],
  { action, services, invocation }: Batch<Body>,
): Promise<Error | undefined> {
  const unreadable = facts.flatMap((fact) => fact.unreadable ?? []);
  if (unreadable.length > 0) {
    await reportUnreadable(unreadable, services, invocation.log);
    return new Error(unreadable[0]?.why);
  }
  const waits =
    action.waitsForOthers === true || remediation.resolution !== undefined || isHeldByOwnLadder(facts);
  const busy = waits && remediation.state !== 'observed' ? heldByOthers(facts, services.clock) : undefined;
  return busy === undefined ? undefined : new TargetBusyError(busy);
}

/** Why a command must wait for another remediation of its target; undefined if it need not. */
function heldByOthers(facts: readonly Facts[], clock: Clock): string | undefined {
  return facts.map((fact) => oneAtATime(fact, clock.now())).find(({ allowed }) => !allowed)?.why;
}

/** Whether an earlier rung of the same ladder has not released the node yet. */
function isHeldByOwnLadder(facts: readonly Facts[]): boolean {
  return facts.some(({ remediation, holder }) =>
    rungsBefore(remediation).includes(holder?.remediation ?? ''),
  );
}
