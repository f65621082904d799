import type { ActionDefinition } from '#lib/actions/action';
import { destinationOf, withDestination, withPoolIds } from '#lib/actions/migrate-nodes/terms';
import { completeGroups } from '#lib/actions/migrate-nodes/whole-supernode';
import { withNodePool } from '#lib/actions/node-pools/node-pool-of';
import { takesOutOfService } from '#lib/actions/traits';
import { disruptionsAllowed } from '#lib/capacity/budget';
import { giveBack } from '#lib/capacity/give-back';
import { reportOverBudget } from '#lib/capacity/report-over-budget';
import { dequeue, enqueue, wakeNext } from '#lib/capacity/wait-list';
import type { Facts } from '#lib/guards/guard';
import { oneAtATime } from '#lib/guards/history';
import { nameOf } from '#lib/guards/name-of';
import { lastFiring, noRepeatAfterSuccess } from '#lib/guards/node-ladder';
import type { Invocation } from '#lib/handler/invocation';
import { readDocument } from '#lib/ledger/change';
import { poolRecordKey, poolRecordKind } from '#lib/ledger/pool-record';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { escalate } from '#lib/remediation/escalation/escalate';
import { escalateStillFiring } from '#lib/remediation/escalation/escalate-still-firing';
import type { Delivered } from '#lib/remediation/messages/inbox';
import { reportUnreadable } from '#lib/remediation/messages/report-unreadable';
import { gatherFacts } from '#lib/remediation/planning/facts';
import { isOpen, type Judgement, judgeCommand, recordJudgement } from '#lib/remediation/planning/judge';
import { reportNodes } from '#lib/remediation/planning/report-nodes';
import { rungsBefore } from '#lib/remediation/record/ladder';
import { effectiveMode } from '#lib/remediation/record/limits';
import { enterNode, targetsAsNamed } from '#lib/remediation/record/open';
import { isDone } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { PoolRules } from '#lib/rules/rules';
import { deferOrFail, TargetBusyError } from './defer.ts';
import { dropNothingToUndo } from './drop-nothing-to-undo.ts';
import { joinMembers, type Member } from './join.ts';
import { makeCall } from './make-call.ts';
import { readBeforeCall } from './read-before-call.ts';
import { returnedEarly, withReadableDestination } from './readiness.ts';
import { recover } from './recover.ts';

/** One command of a batch, and its remediation. */
export type Task = Delivered & { remediation: Remediation };

/** As many judgements are recorded at the same time: each is a read and a write. */
const AT_ONCE = 10;

/** No call is begun with less than this left: a write may take thirty seconds, and its answer has to be recorded. */
const CALL_TAKES_MS = 20_000;

/**
 * Finishes what was begun before for one command.
 *
 * @returns the command, if there is something left to judge.
 */
export async function takeUp(
  task: Task,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Task | undefined> {
  const recovered = await recover(task.remediation, services, invocation);
  // A process may have died on the way to the next rung.
  if (recovered) await escalate(recovered, services, invocation);
  if (
    !recovered ||
    !isOpen(recovered) ||
    (await returnedEarly({ ...task, remediation: recovered }, services))
  )
    return undefined;
  return { ...task, remediation: withPoolIds(recovered, services.rules) };
}

/**
 * Deals with the commands of one pool that have been taken up: reads the pool once, judges each command on it, joins
 * what may be done, and makes the calls, oldest command first. When it returns, every command has an outcome in the ledger, a
 * message that follows it, or one that brings it back.
 */
export async function actOnPool<Body extends Record<string, unknown>>(
  action: ActionDefinition<Body>,
  pool: PoolRules,
  tasks: readonly Task[],
  services: RemediationServices,
  invocation: Invocation,
): Promise<void> {
  const open = tasks.toSorted(byAge);
  if (open.length === 0) return;

  const seen = await readBeforeCall(action, pool, open, services, invocation);
  if (!seen) return;
  const { reading, leaving } = seen;
  const placed = open.map((task) => ({
    ...task,
    remediation: withNodePool(withDestination(task.remediation, reading), reading.nodes),
  }));
  const asWholes = await completeGroups(action, placed, seen, services);
  const reachable = await dropNothingToUndo(
    await withReadableDestination(asWholes, reading, services, invocation),
    services,
    invocation,
  );
  const facts = await gatherFacts(
    services,
    reachable.map(({ remediation }) => remediation),
    seen,
  );
  await enterHistory(services, facts);
  const ready: Member[] = [];
  const judged: { task: Task; judgement: Judgement }[] = [];
  const disruptive = [...facts.values()].flat().filter((fact) => takesOutOfService(fact.remediation));
  const seenRecord = (await reportNodes(pool, disruptive, services)) ?? seen.poolRecord;
  let poolRecord = seenRecord;
  for (const task of reachable) {
    const { remediation, records } = task;
    const known = facts.get(remediation.id) ?? [];
    const waits =
      action.waitsForOthers === true || remediation.resolution !== undefined || isHeldByOwnLadder(known);
    const busy = waits && remediation.state !== 'observed' ? heldByOthers(known, services) : undefined;
    const unreadable = known.flatMap((fact) => fact.unreadable ?? []);
    if (unreadable.length > 0) {
      await reportUnreadable(unreadable, services, invocation.log);
      const unjudged = { remediation, records, targets: targetsAsNamed(remediation) };
      await deferOrFail([unjudged], new Error(unreadable[0]?.why), services, invocation);
      continue;
    }
    if (busy !== undefined) {
      const waiting = { remediation, records, targets: targetsAsNamed(remediation) };
      await deferOrFail([waiting], new TargetBusyError(busy), services, invocation);
      continue;
    }
    // Each is judged by what those before it take, of the budget and out of the pool.
    const now = known.map((fact) => ({ ...fact, poolRecord }));
    const judgement = judgeCommand(action, remediation, now, services.rules, services.clock.now());
    judged.push({ task, judgement });
    poolRecord = judgement.poolRecord ?? poolRecord;
    if (action.takesNodesAway && destinationOf(remediation) !== undefined)
      for (const fact of judgement.allowed) leaving.set(nameOf(fact), remediation.id);
  }
  // First: whoever is told to wait is waited for.
  const waits = judged.flatMap(({ judgement: { wait } }) => wait ?? []);
  await enqueue(pool.id, waits, services);
  if (disruptive.length > 0) {
    const judgedIds = new Set(judged.map(({ task }) => task.remediation.id));
    const judgedFacts = disruptive.filter(({ remediation }) => judgedIds.has(remediation.id));
    await reportOverBudget(
      pool.id,
      { facts: judgedFacts, isWaiting: waits.length > 0 },
      seenRecord,
      services,
    );
  }
  const decided = new Set<string>();
  for (let start = 0; start < judged.length; start += AT_ONCE) {
    const some = judged.slice(start, start + AT_ONCE);
    const settled = await Promise.all(
      some.map(({ task, judgement }) =>
        settleJudgement(task, judgement, { action, facts }, services, invocation),
      ),
    );
    for (const { id, waits: isStillWaiting, member } of settled.filter((one) => one !== undefined)) {
      if (!isStillWaiting) decided.add(id);
      if (member) ready.push(member);
    }
  }
  // Only now: another attempt at the same command may have put it off, and then it is waited for.
  const over = seenRecord.waiting.filter(({ remediation }) => decided.has(remediation));
  await dequeue(pool.id, over, services);

  for (const members of joinMembers(ready, action.maxNodesPerCall)) {
    if (services.clock.now() + CALL_TAKES_MS > invocation.deadlineMs) {
      await deferOrFail(
        members,
        new Error('the function had no time left for another call'),
        services,
        invocation,
      );
    } else {
      await makeCall({ action, pool, facts, readAtMs: seen.readAtMs, services, invocation }, members);
    }
  }
  if (disruptive.length > 0) await fillPlaces(pool, disruptive, services);
}

/** A command whose judgement is on record. `member`: of a call to be made now. */
type Settled = { id: string; waits: boolean; member?: Member };

/** Records what was decided about a command. @returns undefined where another process is at work on it. */
async function settleJudgement<Body extends Record<string, unknown>>(
  task: Task,
  judgement: Judgement,
  { action, facts }: { action: ActionDefinition<Body>; facts: ReadonlyMap<string, readonly Facts[]> },
  services: RemediationServices,
  invocation: Invocation,
): Promise<Settled | undefined> {
  const recorded = await recordJudgement(judgement, services, invocation);
  if (!recorded) return undefined;
  await goOnWhereUnmended(facts.get(task.remediation.id) ?? [], services, invocation);
  const { allowed, stored } = recorded;
  const remediation = { ...task.remediation, judgements: stored.judgements };
  await giveBackUnused(remediation, facts.get(remediation.id) ?? [], allowed, services);
  const [first] = allowed;
  const settled = { id: remediation.id, waits: judgement.wait !== undefined };
  if (!first) return settled;
  return {
    ...settled,
    member: { ...task, remediation, targets: allowed.map(nameOf), terms: action.terms(first) },
  };
}

/** Where the alerts of a command show that the last ladder of their rule did not mend the node, that ladder goes on. */
async function goOnWhereUnmended(
  facts: readonly Facts[],
  services: RemediationServices,
  invocation: Invocation,
): Promise<void> {
  for (const fact of facts) {
    const other = noRepeatAfterSuccess(fact, services.clock.now());
    if (!other || effectiveMode(services.rules, fact.remediation).mode === 'observe') continue;
    const last = await readDocument(services.store, remediationKind, remediationKey(other.remediation));
    if (!last) continue;
    const seen = { alerts: fact.remediation.alerts, seenAtMs: lastFiring(fact.alerts) };
    await escalateStillFiring(last, seen, services, invocation);
  }
}

function byAge({ remediation: a }: Task, { remediation: b }: Task): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/**
 * Gives back what an attempt that died has left leased, and this one does not need. A node that is gone by now may have been
 * named by its address, and an address may stand for another node than it did then.
 */
async function giveBackUnused(
  remediation: Remediation,
  facts: readonly Facts[],
  allowed: readonly Facts[],
  services: RemediationServices,
): Promise<void> {
  const unused = facts
    .filter((fact) => !allowed.some(({ target }) => target === fact.target))
    .filter(({ record }) => record?.lease?.remediation === remediation.id);
  const known = facts.map(nameOf);
  const gone = Object.entries(remediation.outcomes)
    .filter(([name, { state }]) => state === 'running' && !known.includes(name))
    .map(([name]) => name);
  const otherwise = Object.values(remediation.resolved ?? {})
    .map(({ node }) => node)
    .filter((node) => !known.includes(node) && !isDone(remediation.outcomes[node]));
  const names = new Set([...unused.map(nameOf), ...gone, ...otherwise]);
  if (names.size > 0) await giveBack(remediation, 'unused', services, [...names]);
}

/** Tells older commands that there is room for them: a place may have become free, or more of them. */
async function fillPlaces(
  pool: PoolRules,
  [first]: readonly Facts[],
  services: RemediationServices,
): Promise<void> {
  const poolRecord = await readDocument(services.store, poolRecordKind, poolRecordKey(pool.id));
  if (!first || !poolRecord || poolRecord.waiting.length === 0) return;
  const free = disruptionsAllowed({ ...first, poolRecord }, services.clock.now());
  if (free > 0) await wakeNext(pool.id, free, services);
}

/** Why a command has to wait for another remediation of its target; undefined where it has not. */
function heldByOthers(facts: readonly Facts[], { clock }: RemediationServices): string | undefined {
  return facts.map((fact) => oneAtATime(fact, clock.now())).find(({ allowed }) => !allowed)?.why;
}

/** Whether an earlier rung of the same ladder has not given the node back yet. */
function isHeldByOwnLadder(facts: readonly Facts[]): boolean {
  return facts.some(({ remediation, record }) =>
    rungsBefore(remediation).includes(record?.lease?.remediation ?? ''),
  );
}

/** A node that a command calls by its address has its history under its name. */
async function enterHistory(
  { store }: RemediationServices,
  facts: ReadonlyMap<string, readonly Facts[]>,
): Promise<void> {
  const renamed = [...facts.values()]
    .flat()
    .map((fact) => ({ ...fact, ...fact.about }))
    .filter(({ node, target }) => node !== undefined && node.name !== target);
  await Promise.all(
    renamed.map(({ remediation, node, target }) => enterNode(store, remediation, node?.name ?? target)),
  );
}
