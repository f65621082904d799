import { takesOutOfService } from '#lib/actions/traits';
import type { Facts, Verdict } from '#lib/guards/guard';
import { oneAtATime } from '#lib/guards/history';
import { nameOf } from '#lib/guards/name-of';
import { decideOnPoolRecord, type Hold, type PoolRecord, type Waiting } from '#lib/ledger/pool-record';
import { whyNoRoomToHold } from '#lib/ledger/pool-room';
import type { Member } from '#lib/remediation/execution/join';
import type { RemediationServices } from '#lib/remediation/record/services';
import { mustReadAgain } from './budget.ts';
import { holdName, holdOf, LOST_HOLD_MS, takeHolds } from './holds.ts';
import { poolGuards } from './pool-guards.ts';
import { domainsOf } from './topology.ts';
import { readWaiting, removeWaiting } from './wait-list.ts';

/**
 * A target that a command does not hold, and the guard that gives the reason. `busy`: another remediation has it, the
 * `holder`. `no-room`: the pool has no room for it now.
 */
export type Refused = {
  target: string;
  verdict: Verdict;
  kind: 'busy' | 'no-room';
  holder?: string | undefined;
};

/** The targets that a command holds, and those that it was refused. */
export type Holding = { held: readonly string[]; refused: readonly Refused[] };

/** The conditions of a call, besides those of its pool. `deadlineMs`: epoch milliseconds. */
export type Asking = {
  pool: string;
  deadlineMs: number;
  /** Drops the targets that must not go without the rest of their group. */
  wholes: (member: Member, holding: Holding) => Holding;
};

/** Soonest time at which a target without room in the ledger is tried again. */
const NO_ROOM_MS = 60_000;

/**
 * Takes the targets of a call for their remediations, in their order, by one conditional write. It takes a target only if no other
 * remediation holds it, if nothing was released since the facts were read, so that their histories are complete, and if the pool's
 * budget has room for each target that goes out of service. Concurrent functions therefore never hold one target twice, and never
 * exceed the budget. A target that the remediation already holds stays held.
 *
 * @returns a holding for each member, in their order.
 */
export async function holdTargets(
  members: readonly Member[],
  asking: Asking & { facts: ReadonlyMap<string, readonly Facts[]> },
  { store, clock }: RemediationServices,
): Promise<{ member: Member; holding: Holding }[]> {
  const { pool } = asking;
  const isDisruptive = members.some(({ remediation }) => takesOutOfService(remediation));
  const waiting = isDisruptive ? await readWaiting(pool, { store }) : [];
  const { written, decided } = await decideOnPoolRecord(store, pool, clock.now(), (current) => {
    const now = clock.now();
    let record = current;
    const decisions = members.map((member) => {
      const asked = (asking.facts.get(member.remediation.id) ?? [])
        .filter((fact) => member.targets.includes(nameOf(fact)))
        .map((fact) => ({ ...fact, waiting }));
      const holding = decide(record, member, asked, asking, now);
      const { remediation } = member;
      const taken = asked
        .filter((fact) => holding.held.includes(nameOf(fact)))
        .map((fact): [string, Hold] => [
          holdName(remediation, nameOf(fact)),
          newHold({ ...fact, remediation }, asking.deadlineMs, now),
        ]);
      record = takeHolds(record, Object.fromEntries(taken), now);
      return { member, holding };
    });
    const isAny = decisions.some(({ holding }) => holding.held.length > 0);
    // The commands behind one that leaves the wait list may go on.
    const changed = servedOf(decisions).length > 0 && { capacityChangedAt: new Date(now).toISOString() };
    return { value: isAny ? { ...record, ...changed } : undefined, decided: decisions };
  });
  if (written) await removeWaiting(pool, servedOf(decided), { store });
  return decided;

  function servedOf(decisions: readonly { member: Member; holding: Holding }[]): Waiting[] {
    const served = decisions.filter(({ holding }) => holding.held.length > 0);
    return waiting.filter((entry) =>
      served.some(({ member }) => member.remediation.id === entry.remediation),
    );
  }
}

/** The targets that a member may hold: those that are free, and have room. */
function decide(
  found: PoolRecord,
  member: Member,
  asked: readonly Facts[],
  rest: Asking,
  now: number,
): Holding {
  const { deadlineMs, wholes } = rest;
  const { remediation } = member;
  const own = asked.map((fact) => ({ ...fact, remediation }));
  const busy = own.flatMap((fact) => busyWith(fact, found, now) ?? []);
  const isBusy = (fact: Facts) => busy.some(({ target }) => target === nameOf(fact));
  const free = wholes(member, { held: own.filter((fact) => !isBusy(fact)).map(nameOf), refused: busy });

  let record = found;
  const held: string[] = [];
  const noRoom: Refused[] = [];
  for (const fact of own.filter((one) => free.held.includes(nameOf(one)))) {
    const target = nameOf(fact);
    const name = holdName(remediation, target);
    const hold = newHold(fact, deadlineMs, now);
    const verdict = noRoomFor({ ...fact, poolRecord: record }, name, hold, now);
    if (verdict) noRoom.push({ target, kind: 'no-room', verdict });
    else {
      held.push(target);
      record = takeHolds(record, { [name]: hold }, now);
    }
  }
  return wholes(member, { held, refused: [...free.refused, ...noRoom] });
}

/** The refusal of a target that another remediation holds; undefined if none does. */
function busyWith(fact: Facts, record: PoolRecord, now: number): Refused | undefined {
  const target = nameOf(fact);
  const holder = holdOf(record, holdName(fact.remediation, target), now);
  const verdict = oneAtATime({ ...fact, holder }, now);
  return verdict.allowed ? undefined : { target, kind: 'busy', verdict, holder: holder?.remediation };
}

/** Why the pool has no room for a target. */
function noRoomFor(fact: Facts, name: string, hold: Hold, now: number): Verdict | undefined {
  const refusal = hold.disruptive
    ? poolGuards.map((guard) => guard(fact, now)).find(({ allowed }) => !allowed)
    : readBefore(fact, now);
  const why = refusal ? undefined : whyNoRoomToHold(fact.poolRecord, name, hold);
  if (why === undefined) return refusal;
  // A release wakes a disruptive one.
  const until = hold.disruptive ? {} : { until: new Date(now + NO_ROOM_MS).toISOString() };
  return { guard: 'budget', allowed: false, defers: true, ...until, why };
}

/** A release since the node's history was read may have added a ladder to it. */
function readBefore(
  { remediation: { ladder }, poolRecord, releasesBefore }: Facts,
  now: number,
): Verdict | undefined {
  if (ladder === undefined || poolRecord.releases === releasesBefore) return undefined;
  return mustReadAgain('rounds', 'their history', now);
}

/** A hold that lasts until long after the deadline of its call. */
export function newHold(
  {
    remediation,
    node,
    record,
    poolRecord,
  }: Pick<Facts, 'remediation' | 'node' | 'record'> & Partial<Pick<Facts, 'poolRecord'>>,
  deadlineMs: number,
  now: number,
): Hold {
  const { id, action, rule, ladder, judgements = 0 } = remediation;
  const disruptive = takesOutOfService(remediation);
  return {
    remediation: id,
    action,
    attempt: judgements,
    since: new Date(now).toISOString(),
    expiresAt: new Date(deadlineMs + LOST_HOLD_MS).toISOString(),
    disruptive,
    ...(rule !== undefined && ladder && { round: { rule, root: ladder.root } }),
    ...(disruptive && { countedBefore: record?.countedIn }),
    domains: node && disruptive ? domainsOf(node, poolRecord) : [],
  };
}
