import type { ActionDefinition } from '#lib/actions/action';
import { withDestination } from '#lib/actions/migrate-nodes/terms';
import { completeGroups } from '#lib/actions/migrate-nodes/whole-supernode';
import { withNodePool } from '#lib/actions/node-pools/node-pool-of';
import { takesOutOfService } from '#lib/actions/traits';
import { capacityOf } from '#lib/capacity/capacity';
import { reportOverBudget } from '#lib/capacity/report-over-budget';
import { dequeue, enqueue, wakeNext } from '#lib/capacity/wait-list';
import type { Facts } from '#lib/guards/guard';
import type { Invocation } from '#lib/handler/invocation';
import { recentPoolRecord } from '#lib/ledger/pool-record';
import { withLaterAlerts } from '#lib/remediation/escalation/later-alerts';
import { gatherFacts } from '#lib/remediation/planning/facts';
import { reportNodes } from '#lib/remediation/planning/report-nodes';
import { enterBearer } from '#lib/remediation/record/enter-bearer';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { PoolRules } from '#lib/rules/rules';
import { deferOrFail } from './defer.ts';
import { dropNothingToUndo } from './drop-nothing-to-undo.ts';
import { joinMembers } from './join.ts';
import { type JudgedTask, judgeInTurn } from './judge-in-turn.ts';
import { makeCall } from './make-call.ts';
import { type Reading, readBeforeCall } from './read-before-call.ts';
import { withReadableDestination } from './readiness.ts';
import { recordJudgements } from './record-judgements.ts';
import type { Task } from './take-up.ts';

/** No call begins with less than this left of the invocation, because its answer must still be recorded. */
const CALL_TAKES_MS = 20_000;

/**
 * Carries out the commands of one pool: reads the pool once, judges each command on this reading, joins the allowed ones, and makes
 * the calls, oldest command first. When it returns, every command has an outcome in the ledger, a message that follows its call, or
 * a message that brings it back.
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
  const { leaving } = seen;
  const readAtMs = Math.min(seen.readAtMs, seen.reading.workloadsSinceMs ?? seen.readAtMs);

  const ready = await withoutHindrance(action, open, seen, services, invocation);
  const asked = ready.map(({ remediation }) => remediation);
  const facts = await gatherFacts(services, asked, seen);
  await enterHistory(services, facts);
  const disruptive = [...facts.values()].flat().filter(({ remediation }) => takesOutOfService(remediation));
  const poolRecord = (await reportNodes(pool, disruptive, services)) ?? seen.poolRecord;
  const batch = { action, facts, leaving, poolRecord, services, invocation };

  const judged = await judgeInTurn(ready, batch);
  // Before the decisions are recorded: if this process dies in between, other commands still wait for those in the list.
  const waits = judged.flatMap(({ judgement: { wait } }) => wait ?? []);
  await enqueue(pool.id, waits, services);
  const lacking = { facts: factsOf(judged, disruptive), isWaiting: waits.length > 0 };
  if (disruptive.length > 0) await reportOverBudget(pool.id, lacking, poolRecord, services);
  const { members, decided } = await recordJudgements(judged, batch);
  // Only now: another attempt may have deferred the same command, and then other commands wait for it.
  const over = (seen.waiting ?? []).filter(({ remediation }) => decided.has(remediation));
  await dequeue(pool.id, over, services);

  for (const joined of joinMembers(members, action.maxNodesPerCall)) {
    if (services.clock.now() + CALL_TAKES_MS <= invocation.deadlineMs) {
      await makeCall({ action, pool, facts, readAtMs, services, invocation }, joined);
    } else {
      const error = new Error('the function had no time left for another call');
      await deferOrFail(joined, error, services, invocation);
    }
  }
  await wakeOlder(pool, disruptive, services);
}

/** The commands that can be judged on the reading, with their node pools, destinations and whole supernodes. */
async function withoutHindrance<Body extends Record<string, unknown>>(
  action: ActionDefinition<Body>,
  open: readonly Task[],
  seen: Reading,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Task[]> {
  const { reading } = seen;
  const placed = open.map((task) => ({
    ...task,
    remediation: withNodePool(withDestination(task.remediation, reading), reading.nodes),
  }));
  const asWholes = await completeGroups(action, placed, seen, services);
  const reachable = await withReadableDestination(asWholes, reading, services, invocation);
  const undoing = await dropNothingToUndo(reachable, services, invocation);
  return withLaterAlerts(undoing, services);
}

function byAge({ remediation: a }: Task, { remediation: b }: Task): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** The facts of the commands that were judged. */
function factsOf(judged: readonly JudgedTask[], facts: readonly Facts[]): Facts[] {
  const ids = new Set(judged.map(({ task }) => task.remediation.id));
  return facts.filter(({ remediation }) => ids.has(remediation.id));
}

/** Enters remediations in the histories of nodes that their commands name by address. A history has the node's name. */
async function enterHistory(
  { store }: RemediationServices,
  facts: ReadonlyMap<string, readonly Facts[]>,
): Promise<void> {
  await Promise.all(
    [...facts.values()].flat().map(async (fact) => {
      const { node, target: address } = { ...fact, ...fact.about };
      if (node !== undefined && node.name !== address)
        await enterBearer(store, fact.remediation, { address, node: node.name });
    }),
  );
}

/** Wakes older commands if there is room for them: slots may have become free, or the pool may have more of them. */
async function wakeOlder(
  pool: PoolRules,
  [first]: readonly Facts[],
  services: RemediationServices,
): Promise<void> {
  if (!first) return;
  const now = services.clock.now();
  // A function that frees a slot later wakes the next command itself.
  const poolRecord = await recentPoolRecord(services.store, pool.id, now);
  const { free } = capacityOf({ ...first, poolRecord }, now);
  if (free > 0) await wakeNext(pool.id, free, services);
}
