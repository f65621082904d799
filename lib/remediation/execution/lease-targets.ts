import { leaseName, leaseNode } from '#lib/capacity/node-lease';
import type { Facts, Guard, Verdict } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import { nodeHistoryGuards } from '#lib/guards/node-history';
import type { NodeRecord } from '#lib/ledger/node-record';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { Member } from './join.ts';

/** A target that could not be leased, the guard that says why, and the remediation that has it. */
export type Refused = { target: string; verdict: Verdict; holder?: string | undefined };
export type Leases = { leased: string[]; refused: Refused[] };

export function restsOnRecord(guard: Guard): boolean {
  return nodeHistoryGuards.includes(guard);
}

/** Leases the targets of a member, each if its record still allows it at that moment. */
export async function leaseTargets(
  { remediation, targets }: Member,
  facts: readonly Facts[],
  actionGuards: readonly Guard[],
  deadlineMs: number,
  { store, clock }: RemediationServices,
): Promise<Leases> {
  const { id, pool, action, rule, ladder, judgements: attempt = 0 } = remediation;
  const round = rule !== undefined && ladder ? { rule, root: ladder.root } : undefined;
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
      { pool, node: leaseName(remediation, target), remediation: id, action, attempt, deadlineMs, round },
      (found) => refusals(found).length === 0,
      clock.now(),
    );
    if (!inTheWay) {
      leased.push(target);
    } else {
      const [verdict = oneAtATimeVerdict(inTheWay)] = refusals(inTheWay);
      refused.push({ target, verdict, holder: inTheWay.lease?.remediation });
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
