import type { Facts } from '#lib/guards/guard';
import type { Invocation } from '#lib/handler/invocation';
import { hasEnded, type Remediation } from '#lib/ledger/remediation';
import type { ActionDefinition } from './action.ts';
import { claimRemediation } from './call.ts';
import { nameOf } from './facts.ts';
import type { Member } from './join.ts';
import { rungsBefore } from './ladder.ts';
import { giveBack, type Leases, leaseTargets, type Refused, restsOnRecord } from './lease-targets.ts';
import { readLeaving } from './leaving.ts';
import { isRungFailed, isUndecided, isVerifying, record } from './outcome.ts';
import { failOrPutOff, TargetBusyError } from './put-off.ts';
import { stateWhenRefused, withRefused } from './refusal.ts';
import type { RemediationServices } from './services.ts';

/**
 * Leases the targets and claims the remediations for a call. Those that lose a race are left out, and the ledger says why.
 *
 * @returns the members of the call, in the order of `candidates`, each with the targets that are its own now.
 */
export async function assemble(
  candidates: readonly Member[],
  {
    callId,
    deadlineMs,
    facts,
    action,
  }: {
    callId: string;
    deadlineMs: number;
    facts: ReadonlyMap<string, readonly Facts[]>;
    action: Assembling;
  },
  services: RemediationServices,
  invocation: Invocation,
): Promise<Member[]> {
  const { store, clock } = services;

  async function join(member: Member): Promise<Member | undefined> {
    const { remediation } = member;
    const known = facts.get(remediation.id) ?? [];
    const { leased, refused } = withoutRemnants(
      await leaseTargets(member, known, action.guards, deadlineMs, services),
      known,
      action,
    );
    if (refused.length > 0) {
      await giveBack(
        remediation,
        refused.map(({ target }) => target),
        services,
      );
      const own = rungsBefore(remediation);
      const isOwn = refused.every(({ holder }) => holder !== undefined && own.includes(holder));
      if ((action.waitsForOthers || isOwn) && leased.length === 0) {
        const why = refused.map(({ verdict }) => verdict.why).join('; ');
        await failOrPutOff([member], new TargetBusyError(why), services, invocation);
      } else {
        await recordRefused(member, refused, leased.length === 0, services);
      }
    }
    if (leased.length === 0) return undefined;
    const inTheWay = await takenMeanwhile(known, leased, action, services);
    if (inTheWay !== undefined) {
      await failOrPutOff([member], new Error(inTheWay), services, invocation);
      return undefined;
    }
    const { stored, claimed } = await claimRemediation(
      store,
      { remediation, targets: leased },
      callId,
      clock.now(),
    );
    if (claimed) return { ...member, targets: leased, remediation: { ...remediation, callId } };
    invocation.log.info('another process is at work on it', { correlationId: remediation.id });
    await giveBack(
      remediation,
      leased.filter((target) => stored && isOver(stored, target)),
      services,
    );
    return undefined;
  }

  const members = await Promise.all(candidates.map(join));
  return members.filter((member) => member !== undefined);
}

/** What of an action decides who becomes part of a call. */
type Assembling = Pick<
  ActionDefinition<Record<string, unknown>>,
  'action' | 'guards' | 'wholeOf' | 'takesNodesAway' | 'waitsForOthers'
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
      guards.filter((guard) => !restsOnRecord(guard)).map((guard) => guard({ ...fact, leaving }, now)),
    )
    .find(({ allowed }) => !allowed);
  return refusal && `another command was faster: ${refusal.why}`;
}

/** Whether nothing more will be done for a target, so that whoever has leased it in vain may give it back. */
function isOver(remediation: Remediation, target: string): boolean {
  const { state, outcomes } = remediation;
  const outcome = outcomes[target]?.state;
  const isUnknown = state === 'needs-human' && !isRungFailed(remediation);
  return outcome === 'succeeded' || (hasEnded(state) && !isUnknown && outcome !== 'verifying');
}

async function recordRefused(
  { remediation: { id } }: Member,
  refused: readonly Refused[],
  allOfThem: boolean,
  { store, clock }: RemediationServices,
): Promise<void> {
  const targets = refused.map(({ target, verdict: { why } }) => ({ target, why }));
  const isForPerson = refused.every(({ verdict: { handsOver } }) => handsOver);
  await record(store, id, clock.now(), isUndecided, (current) => ({
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

function stateOf(current: Remediation, isForPerson: boolean): Remediation['state'] {
  if (isVerifying(current)) return 'verifying';
  return isForPerson ? 'needs-human' : stateWhenRefused(current);
}
