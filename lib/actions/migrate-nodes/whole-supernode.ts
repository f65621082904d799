import type { ActionDefinition } from '#lib/actions/action';
import { alertsOf } from '#lib/alerts/alerts-of';
import { isAlive } from '#lib/capacity/pool-state';
import { dequeue } from '#lib/capacity/wait-list';
import { alertFiring } from '#lib/guards/evidence';
import type { Facts } from '#lib/guards/guard';
import type { Waiting } from '#lib/ledger/pool-record';
import { readMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { namedNode } from '#lib/modelarts/reading/named-node';
import type { PoolReading } from '#lib/modelarts/reading/pool-reading';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteWhole } from '#lib/remediation/lifecycle/note';
import { join } from '#lib/remediation/lifecycle/refuse';
import { effectiveMode, rungOf } from '#lib/remediation/record/limits';
import { isUndecided } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import { membersOf } from './migration.ts';

type Whole = NonNullable<Remediation['whole']>;

/**
 * Completes commands of rules for a part of a supernode, which moves as a group or not at all. If the rung has
 * `wholeSupernode: any`, or a person approves the plan anyway, the command takes the other members with it. Otherwise it waits for the
 * commands for the other members, and the oldest command takes over all of them. It is then judged and sent as one command, and the
 * others end.
 *
 * It is safe to repeat: the next attempt finishes the work of a process that died.
 *
 * @returns the commands that remain to be judged
 */
export async function completeGroups<Task extends { remediation: Remediation }>(
  { wholeOf }: Pick<ActionDefinition<Record<string, unknown>>, 'wholeOf'>,
  tasks: readonly Task[],
  { pool, reading, waiting: listed = [] }: Pick<Facts, 'pool' | 'reading' | 'waiting'>,
  services: RemediationServices,
): Promise<Task[]> {
  if (!wholeOf) return [...tasks];
  const known = new Map(tasks.map(({ remediation }) => [remediation.id, remediation]));
  let waiting: Remediation[] | undefined;
  const left: Task[] = [];
  for (const task of tasks) {
    const remediation = known.get(task.remediation.id);
    // An earlier command of this loop has taken it over.
    if (!remediation) continue;
    const missing = missingMembers(remediation, reading);
    let whole: Whole | undefined;
    if (missing.length > 0 && standsForAll(remediation, services)) {
      whole = { nodes: [...(remediation.whole?.nodes ?? []), ...missing] };
    } else if (missing.length > 0) {
      waiting ??= await readListed(listed, known, services);
      const alike = [...known.values(), ...waiting].filter((other) => isAlike(remediation, other));
      whole = takenOver(remediation, missing, await stillFiring(alike, services), reading);
    }
    const completed = whole ? await recordWhole(remediation, whole, services) : remediation;
    const joined = await endJoined(completed, services);
    for (const id of joined) known.delete(id);
    const over = listed.filter((entry) => joined.includes(entry.remediation));
    await dequeue(pool.id, over, services);
    left.push({ ...task, remediation: completed });
  }
  return left.filter(({ remediation }) => known.has(remediation.id));
}

/** The names of the supernode's members that a command of a rule does not name. Empty for any other command. */
function missingMembers(remediation: Remediation, { nodes }: PoolReading): string[] {
  const named = nodesOf(remediation, nodes);
  const [first] = named;
  if (remediation.ladder === undefined || first === undefined) return [];
  return membersOf(first, nodes)
    .map(({ name }) => name)
    .filter((name) => !named.some((node) => node.name === name));
}

function nodesOf({ nodes = [], whole }: Remediation, listed: PoolReading['nodes']): PoolReading['nodes'] {
  return [...nodes, ...(whole?.nodes ?? [])].flatMap((target) => namedNode(listed, target).node ?? []);
}

/** Whether the other members move without their own commands. A plan for approval shows them. */
function standsForAll(remediation: Remediation, { rules }: RemediationServices): boolean {
  return (
    rungOf(rules, remediation)?.wholeSupernode === 'any' ||
    effectiveMode(rules, remediation).mode === 'approve'
  );
}

/** The commands that wait for the pool and are not part of this batch. */
async function readListed(
  listed: readonly Waiting[],
  known: ReadonlyMap<string, Remediation>,
  { store, clock }: RemediationServices,
): Promise<Remediation[]> {
  const ids = listed
    .filter((entry) => isAlive(entry, clock.now()) && !known.has(entry.remediation))
    .map(({ remediation }) => remediation);
  const { values } = await readMany(store, remediationKind, ids.map(remediationKey));
  return values;
}

/**
 * The commands that a command takes over: those for all other members, if each member has one and this command is the oldest.
 * Undefined: it waits.
 */
function takenOver(
  remediation: Remediation,
  missing: readonly string[],
  alike: readonly Remediation[],
  { nodes }: PoolReading,
): Whole | undefined {
  const parts = [...(remediation.whole?.parts ?? [partOf(remediation, nodes)])];
  for (const name of missing) {
    const own = alike
      .filter((other) => nodesOf(other, nodes).some((node) => node.name === name))
      .toSorted(byAge)[0];
    if (!own || byAge(own, remediation) < 0) return undefined;
    parts.push({ ...partOf(own, nodes), nodes: [name] });
  }
  return {
    nodes: [...(remediation.whole?.nodes ?? []), ...missing],
    parts,
  };
}

/** The command's own part of the group. */
function partOf(remediation: Remediation, nodes: PoolReading['nodes']): NonNullable<Whole['parts']>[number] {
  const { id, alerts } = remediation;
  return { remediation: id, nodes: nodesOf(remediation, nodes).map(({ name }) => name), alerts };
}

/** The commands whose alerts still fire. */
async function stillFiring(
  commands: readonly Remediation[],
  { store, clock }: RemediationServices,
): Promise<Remediation[]> {
  const verdicts = await Promise.all(
    commands.map(async (remediation) =>
      alertFiring({ remediation, alerts: await alertsOf(remediation, store) }, clock.now()),
    ),
  );
  return commands.filter((_, index) => verdicts[index]?.allowed);
}

/** Whether two commands come from the same rung of the same rule, and both may still be carried out. */
function isAlike(one: Remediation, other: Remediation): boolean {
  return (
    other.id !== one.id &&
    other.pool === one.pool &&
    other.action === one.action &&
    other.rule === one.rule &&
    other.ladder?.rung === one.ladder?.rung &&
    other.mode === one.mode &&
    other.callId === undefined &&
    isUndecided(other)
  );
}

function byAge(a: Remediation, b: Remediation): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** Records what a command takes with it, before anything follows from it. @returns the command as it is then. */
async function recordWhole(
  remediation: Remediation,
  whole: Whole,
  services: RemediationServices,
): Promise<Remediation> {
  if (remediation.state === 'observed') return { ...remediation, whole };
  const alerts = [
    ...new Map(
      [...remediation.alerts, ...(whole.parts ?? []).flatMap((part) => part.alerts)].map(
        (alert) => [JSON.stringify(alert), alert] as const,
      ),
    ).values(),
  ];
  const { written } = await recordRemediation(services, remediation.id, services.clock.now(), (current) =>
    isUndecided(current) && current.callId === remediation.callId
      ? noteWhole(current, whole, alerts)
      : undefined,
  );
  return written ? { ...remediation, whole, alerts } : remediation;
}

/** Ends the commands that another has taken over. @returns their ids. */
async function endJoined(
  { id, whole, state }: Remediation,
  services: RemediationServices,
): Promise<string[]> {
  if (state === 'observed') return [];
  const joined = (whole?.parts ?? []).map((part) => part.remediation).filter((part) => part !== id);
  for (const part of joined) {
    await recordRemediation(services, part, services.clock.now(), (current) =>
      isUndecided(current) && current.callId === undefined ? join(current, id) : undefined,
    );
  }
  return joined;
}
