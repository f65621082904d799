import type { Facts, Guard, Verdict } from '#lib/guards/guard';
import { cooldown, newerThanLastRemediation, oneAtATime } from '#lib/guards/history';
import type { NodeRecord } from '#lib/ledger/node-record';
import type { Remediation } from '#lib/ledger/remediation';
import { nameOf } from './facts.ts';
import type { Member } from './join.ts';
import { leaseName, leaseNode } from './node-lease.ts';
import { releaseTargets } from './release.ts';
import type { RemediationServices } from './services.ts';

/** A target that could not be leased, and the guard that says why. */
export type Refused = { target: string; verdict: Verdict };
export type Leases = { leased: string[]; refused: Refused[] };

/** The guards that rest on a target's record: an action's own of them are asked again in the very write of the lease. */
const LEASE_GUARDS: readonly Guard[] = [oneAtATime, cooldown, newerThanLastRemediation];

export function restsOnRecord(guard: Guard): boolean {
  return LEASE_GUARDS.includes(guard);
}

/** Leases the targets of a member, each if its record still allows it at that moment. */
export async function leaseTargets(
  { remediation, targets }: Member,
  facts: readonly Facts[],
  actionGuards: readonly Guard[],
  deadlineMs: number,
  { store, clock }: RemediationServices,
): Promise<Leases> {
  const { id, pool, action, judgements: attempt = 0 } = remediation;
  const guards = actionGuards.filter(restsOnRecord);
  const leased: string[] = [];
  const refused: Refused[] = [];
  for (const target of targets) {
    const known = facts.find((fact) => nameOf(fact) === target);
    const refusals = (found: NodeRecord | undefined) =>
      known
        ? guards
            .map((guard) => guard({ ...known, record: found }, clock.now()))
            .filter(({ allowed }) => !allowed)
        : [];
    const inTheWay = await leaseNode(
      store,
      { pool, node: leaseName(remediation, target), remediation: id, action, attempt, deadlineMs },
      (found) => refusals(found).length === 0,
      clock.now(),
    );
    if (!inTheWay) {
      leased.push(target);
    } else {
      const [verdict = oneAtATimeVerdict(inTheWay)] = refusals(inTheWay);
      refused.push({ target, verdict });
    }
  }
  return { leased, refused };
}

function oneAtATimeVerdict({ lease: held }: NodeRecord): Verdict {
  return {
    guard: 'one-at-a-time',
    allowed: false,
    why: `remediation ${held?.remediation} works on it since ${held?.since}`,
  };
}

/** Gives back targets that were leased in vain; what another remediation holds, or a later attempt of this one, stays its own. */
export async function giveBack(
  remediation: Remediation,
  targets: readonly string[],
  services: RemediationServices,
): Promise<void> {
  await releaseTargets(
    remediation,
    targets.map((target) => ({ target })),
    services,
  );
}
