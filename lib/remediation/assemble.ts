import type { Facts } from '#lib/guards/guard';
import { poolGuards } from '#lib/guards/pool-guards';
import type { Invocation } from '#lib/handler/invocation';
import type { Remediation } from '#lib/ledger/remediation';
import type { ActionDefinition } from './action.ts';
import { claimRemediation } from './call.ts';
import { nameOf } from './facts.ts';
import type { Member } from './join.ts';
import { rungsBefore } from './ladder.ts';
import { giveBack, type Leases, leaseTargets, type Refused, restsOnRecord } from './lease-targets.ts';
import { readLeaving } from './leaving.ts';
import { isLastAttempt, isUndecided, isVerifying, record, recordIf } from './outcome.ts';
import { failOrPutOff, TargetBusyError } from './put-off.ts';
import { stateWhenRefused, withRefused, withWaiting } from './refusal.ts';
import { reserve } from './reserve.ts';
import { sendCommand } from './send-command.ts';
import type { RemediationServices } from './services.ts';
import { enterWaiting } from './waiting.ts';
import { entryFor, largestWhole } from './waiting-entry.ts';

/** What a call is put together from. `facts`: by remediation id. */
type Parts = {
  callId: string;
  deadlineMs: number;
  facts: ReadonlyMap<string, readonly Facts[]>;
  action: Assembling;
};

/**
 * Leases the targets, takes a place in the pool's budget for each, and claims the remediations for a call. Those that lose a
 * race are left out, and the ledger says why.
 *
 * @returns the members of the call, in the order of `candidates`, each with the targets that are its own now.
 */
export async function assemble(
  candidates: readonly Member[],
  parts: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member[]> {
  const leased = await Promise.all(
    candidates.map((member) => leaseMember(member, parts, services, invocation)),
  );
  const placed = await placeMembers(present(leased), parts, services, invocation);
  const claimed = await Promise.all(placed.map((member) => claimMember(member, parts, services, invocation)));
  return present(claimed);
}

function present<Value>(values: readonly (Value | undefined)[]): Value[] {
  return values.filter((value) => value !== undefined);
}

/** A member with those of its targets that could be leased; undefined where none could, or not all of an approved plan. */
async function leaseMember(
  member: Member,
  { facts, deadlineMs, action }: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member | undefined> {
  const { remediation } = member;
  const known = facts.get(remediation.id) ?? [];
  const { leased, refused } = withoutRemnants(
    await leaseTargets(member, known, action.guards, deadlineMs, services),
    known,
    action,
  );
  if (refused.length === 0) return leased.length === 0 ? undefined : { ...member, targets: leased };

  // What a person has approved is done as it stands: it is judged anew, and where the plan is another now it waits for them.
  const isTorn = remediation.approval !== undefined && leased.length > 0;
  const kept = isTorn ? [] : leased;
  await giveBack(
    remediation,
    member.targets.filter((target) => !kept.includes(target)),
    services,
  );
  const own = rungsBefore(remediation);
  const isOwn = refused.every(({ holder }) => holder !== undefined && own.includes(holder));
  if (isTorn || ((action.waitsForOthers || isOwn) && leased.length === 0)) {
    const why = refused.map(({ verdict }) => verdict.why).join('; ');
    await failOrPutOff([member], new TargetBusyError(why), services, invocation);
  } else {
    await recordRefused(member, refused, leased.length === 0, services);
  }
  return kept.length === 0 ? undefined : { ...member, targets: kept };
}

/** The members with those of their targets for which the pool's budget has a place; the others wait. */
async function placeMembers(
  members: readonly Member[],
  { facts, deadlineMs, action }: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member[]> {
  if (!action.disruptive) return [...members];
  const reserved = await reserve(members, { facts, deadlineMs }, services);
  const all: (Member | undefined)[] = [];
  for (const { member, placed, unplaced } of reserved) {
    const known = facts.get(member.remediation.id) ?? [];
    const { leased, refused } = withoutRemnants({ leased: placed, refused: unplaced }, known, action);
    if (refused.length === 0) {
      all.push(member);
      continue;
    }
    const isApproved = member.remediation.approval !== undefined;
    // What a person has approved is done as it stands, or not yet.
    const kept = isApproved ? [] : leased;
    await giveBack(
      member.remediation,
      member.targets.filter((target) => !kept.includes(target)),
      services,
    );
    const needed = isApproved ? member.targets.length : neededAtOnce(member, refused, known, action);
    await recordUnplaced(
      member,
      refused,
      kept.length === 0 ? needed : undefined,
      known,
      services,
      invocation,
    );
    if (kept.length > 0) all.push({ ...member, targets: kept });
  }
  return present(all);
}

/** A member that is part of the call now; undefined where another process has it, or others were faster to take nodes away. */
async function claimMember(
  member: Member,
  { facts, callId, action }: Parts,
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member | undefined> {
  const { store, clock } = services;
  const { remediation, targets } = member;
  const inTheWay = await takenMeanwhile(facts.get(remediation.id) ?? [], targets, action, services);
  if (inTheWay !== undefined) {
    await failOrPutOff([member], new Error(inTheWay), services, invocation);
    return undefined;
  }
  const { claimed } = await claimRemediation(store, { remediation, targets }, callId, clock.now());
  if (claimed) return { ...member, remediation: { ...remediation, callId } };
  invocation.log.info('another process is at work on it', { correlationId: remediation.id });
  await giveBack(remediation, targets, services);
  return undefined;
}

/** What of an action decides who becomes part of a call. */
type Assembling = Pick<
  ActionDefinition<Record<string, unknown>>,
  'action' | 'guards' | 'wholeOf' | 'takesNodesAway' | 'waitsForOthers' | 'disruptive'
>;

/** Leaves out what is left of a whole of which a part could not be leased. */
function withoutRemnants(
  { leased, refused }: Leases,
  facts: readonly Facts[],
  { wholeOf = () => undefined }: Assembling,
): Leases {
  const wholes = new Map(facts.map((fact) => [nameOf(fact), wholeOf(fact)]));
  const torn = new Map(refused.map(({ target, verdict }) => [wholes.get(target), { target, verdict }]));
  torn.delete(undefined);
  const remnants = leased.flatMap((target): Refused[] => {
    const whole = wholes.get(target);
    const missing = torn.get(whole);
    if (!missing) return [];
    const { guard, why } = missing.verdict;
    return [
      {
        target,
        verdict: { guard, allowed: false, why: `${whole} goes as a whole; ${missing.target}: ${why}` },
      },
    ];
  });
  return {
    leased: leased.filter((name) => !remnants.some(({ target }) => target === name)),
    refused: [...refused, ...remnants],
  };
}

/**
 * Asks the guards again with what others have leased by now: of two commands that take nodes out of a pool at the same
 * moment, at least the one that leased last sees the other.
 *
 * @returns why the command has to wait; undefined where nothing is in its way.
 */
async function takenMeanwhile(
  facts: readonly Facts[],
  targets: readonly string[],
  { action, guards, takesNodesAway }: Assembling,
  { store, clock }: RemediationServices,
): Promise<string | undefined> {
  const [first] = facts;
  if (!takesNodesAway || !first) return undefined;
  const { remediation, reading } = first;
  const now = clock.now();
  const leaving = await readLeaving(store, reading, { pool: remediation.pool, action }, now);
  const refusal = facts
    .filter((fact) => targets.includes(nameOf(fact)))
    .flatMap((fact) =>
      guards
        .filter((guard) => !restsOnRecord(guard) && !poolGuards.includes(guard))
        .map((guard) => guard({ ...fact, leaving }, now)),
    )
    .find(({ allowed }) => !allowed);
  return refusal && `another command was faster: ${refusal.why}`;
}

/** Whether a remediation is as this attempt has left it. */
function isStill(remediation: Remediation): (current: Remediation) => boolean {
  return (current) =>
    isUndecided(current) && current.callId === remediation.callId && isLastAttempt(remediation, current);
}

async function recordRefused(
  { remediation }: Member,
  refused: readonly Refused[],
  allOfThem: boolean,
  { store, clock }: RemediationServices,
): Promise<void> {
  const targets = refused.map(({ target, verdict: { why } }) => ({ target, why }));
  const isForPerson = refused.every(({ verdict: { handsOver } }) => handsOver);
  await record(store, remediation.id, clock.now(), isStill(remediation), (current) => ({
    changes: {
      outcomes: withRefused(current, targets),
      ...(allOfThem && {
        state: stateOf(current, isForPerson),
        why: targets.map(({ why }) => why).join('; '),
      }),
    },
    receipts: refused.map(({ target, verdict }) => ({ step: 'guard', target, ...verdict })),
  }));
}

/** How many places a member needs for any of its targets to go that have none. */
function neededAtOnce(
  { targets }: Member,
  unplaced: readonly Refused[],
  facts: readonly Facts[],
  action: Assembling,
): number {
  const asked = facts.filter((fact) => targets.includes(nameOf(fact)));
  const without = asked.filter((fact) => unplaced.some(({ target }) => target === nameOf(fact)));
  return largestWhole(
    without.map((fact) => ({ facts: fact })),
    asked.map((fact) => ({ facts: fact })),
    action,
  );
}

/**
 * Records for which targets there was no place after all: the whole command waits, or those that are left of it.
 *
 * @param needed how many places the whole command waits for; undefined where the rest of it goes on.
 */
async function recordUnplaced(
  { remediation }: Member,
  unplaced: readonly Refused[],
  needed: number | undefined,
  facts: readonly Facts[],
  services: RemediationServices,
  { log }: Invocation,
): Promise<void> {
  const { store, clock } = services;
  const now = clock.now();
  const why = unplaced.map(({ verdict }) => verdict.why)[0] ?? '';
  const receipts = unplaced.map(({ target, verdict }) => ({ step: 'guard', target, ...verdict }));
  if (needed === undefined) {
    const waiting = unplaced.map(({ target, verdict }) => ({ target, why: verdict.why }));
    await record(store, remediation.id, now, isStill(remediation), (current) => ({
      changes: { outcomes: withWaiting(current, waiting) },
      receipts,
    }));
    return;
  }
  const deferred = unplaced.flatMap(({ target, verdict }) => {
    const fact = facts.find((known) => nameOf(known) === target);
    return fact ? [{ facts: fact, verdicts: [verdict] }] : [];
  });
  const wait = entryFor(remediation, deferred, needed, now);
  await enterWaiting(remediation.pool, [wait], services);
  const until = new Date(wait.comesBackAtMs).toISOString();
  const { stored, written } = await recordIf(
    store,
    remediation.id,
    now,
    isStill(remediation),
    ({ deferrals = 0 }) => ({
      changes: { state: 'deferred', why: `it waits: ${why}`, deferrals: deferrals + 1, deferredUntil: until },
      receipts: [...receipts, { step: 'defer', until, why }],
    }),
  );
  if (!written || !stored) return;
  log.info('deferred', { correlationId: remediation.id, until, why });
  await sendCommand(stored, services, until);
}

function stateOf(current: Remediation, isForPerson: boolean): Remediation['state'] {
  if (isVerifying(current)) return 'verifying';
  return isForPerson ? 'needs-human' : stateWhenRefused(current);
}
