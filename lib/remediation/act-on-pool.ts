import type { Facts } from '#lib/guards/guard';
import { oneAtATime } from '#lib/guards/history';
import type { Invocation } from '#lib/handler/invocation';
import type { Remediation } from '#lib/ledger/remediation';
import { type PoolReading, readPool } from '#lib/modelarts/pool-reading';
import type { PoolRules } from '#lib/rules/rules';
import type { ActionDefinition } from './action.ts';
import { destinationOf, withPoolIds } from './clusters.ts';
import { climb } from './escalate.ts';
import { gatherFacts, nameOf } from './facts.ts';
import type { Delivered } from './inbox.ts';
import { join, type Member } from './join.ts';
import { isOpen, judge } from './judge.ts';
import { rungsBefore } from './ladder.ts';
import { readLeaving } from './leaving.ts';
import { limitsOf } from './limits.ts';
import { makeCall } from './make-call.ts';
import { enterNode, targetsAsNamed } from './open.ts';
import { failOrPutOff, TargetBusyError } from './put-off.ts';
import { waitsOn, withinReach } from './readiness.ts';
import { recover } from './recover.ts';
import type { RemediationServices } from './services.ts';

/** One command of a batch, and its remediation. */
export type Task = Delivered & { remediation: Remediation };

/** No call is begun with less than this left: a write may take thirty seconds, and its answer has to be recorded. */
const CALL_TAKES_MS = 20_000;

/**
 * Deals with the commands of one pool: finishes what was begun before, reads the pool once, judges each command on it, joins
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
  const open: Task[] = [];
  for (const task of tasks) {
    const recovered = await recover(task.remediation, action, services, invocation);
    // A process may have died on the way to the next rung.
    if (recovered) await climb(recovered, services, invocation);
    if (!recovered || !isOpen(recovered) || (await waitsOn(recovered, services))) continue;
    open.push({ ...task, remediation: withPoolIds(recovered, services.rules) });
  }
  open.sort((a, b) => (a.remediation.createdAt < b.remediation.createdAt ? -1 : 1));
  if (open.length === 0) return;

  const client = services.modelarts(pool);
  const { disturbs = () => true } = action;
  const options = { deadlineMs: invocation.deadlineMs, signal: invocation.signal };
  // A plan that shows what it changes shows the workloads too, also where they may be interrupted.
  const needsWorkloads =
    action.changes !== undefined ||
    open.some(({ remediation }) => disturbs(remediation) && !mayInterrupt(remediation, services));
  const parts = new Set(action.reads.filter((part) => part !== 'workloads' || needsWorkloads));
  const destinations = open.flatMap(({ remediation }) => destinationOf(remediation) ?? []);
  const wanted = { parts, destinations: [...new Set(destinations)] };
  let reading: PoolReading;
  try {
    reading = await readPool(client, pool.id, wanted, options);
  } catch (error) {
    const untouched = open.map((task) => ({ ...task, targets: targetsAsNamed(task.remediation) }));
    await failOrPutOff(untouched, error, services, invocation);
    return;
  }

  const reachable = await withinReach(open, reading, services, invocation);
  const leaving = action.takesNodesAway
    ? await readLeaving(
        services.store,
        reading,
        { pool: pool.id, action: action.action },
        services.clock.now(),
      )
    : new Map<string, string>();
  const facts = await gatherFacts(
    services,
    reachable.map(({ remediation }) => remediation),
    reading,
    leaving,
  );
  await enterHistory(services, facts);
  const ready: Member[] = [];
  for (const { remediation, records } of reachable) {
    const known = facts.get(remediation.id) ?? [];
    const waits = action.waitsForOthers === true || isHeldByOwnLadder(known);
    const busy = waits && remediation.state !== 'observed' ? heldByOthers(known, services) : undefined;
    if (busy !== undefined) {
      const waiting = { remediation, records, targets: targetsAsNamed(remediation) };
      await failOrPutOff([waiting], new TargetBusyError(busy), services, invocation);
      continue;
    }
    const allowed = await judge(action, remediation, facts.get(remediation.id) ?? [], services, invocation);
    const [first] = allowed;
    if (first) ready.push({ remediation, records, targets: allowed.map(nameOf), terms: action.terms(first) });
    // The next command of the batch finds them on their way.
    if (action.takesNodesAway) for (const fact of allowed) leaving.set(nameOf(fact), remediation.id);
  }

  for (const members of join(ready, action.maxNodesPerCall)) {
    if (services.clock.now() + CALL_TAKES_MS > invocation.deadlineMs) {
      await failOrPutOff(
        members,
        new Error('the function had no time left for another call'),
        services,
        invocation,
      );
    } else {
      await makeCall({ action, pool, facts, services, invocation }, members);
    }
  }
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
    .filter(({ node, target }) => node !== undefined && node.name !== target);
  await Promise.all(
    renamed.map(({ remediation, node, target }) => enterNode(store, remediation, node?.name ?? target)),
  );
}

/** Whether a command's nodes may be running workloads: nobody needs to look for them then. */
function mayInterrupt(remediation: Remediation, { rules }: RemediationServices): boolean {
  return limitsOf(rules, remediation).interruptWorkloads;
}
