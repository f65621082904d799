import type { Facts, Guard, Verdict } from '#lib/guards/guard';
import { cooldown, newerThanLastRemediation, oneAtATime } from '#lib/guards/history';
import type { Invocation } from '#lib/handler/invocation';
import type { NodeRecord } from '#lib/ledger/node-record';
import { claimRemediation } from './call.ts';
import { nameOf } from './facts.ts';
import type { Member } from './join.ts';
import { leaseName, leaseNode } from './node-lease.ts';
import { isUndecided, record } from './outcome.ts';
import type { ActionServices } from './services.ts';

/** The guards that rest on a target's record: an action's own of them are asked again in the very write of the lease. */
const LEASE_GUARDS: readonly Guard[] = [oneAtATime, cooldown, newerThanLastRemediation];

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
    guards,
  }: {
    callId: string;
    deadlineMs: number;
    facts: ReadonlyMap<string, readonly Facts[]>;
    guards: readonly Guard[];
  },
  services: ActionServices,
  { log }: Invocation,
): Promise<Member[]> {
  const { store, clock } = services;
  const leaseGuards = guards.filter((guard) => LEASE_GUARDS.includes(guard));

  async function join(member: Member): Promise<Member | undefined> {
    const { remediation } = member;
    const { leased, refused } = await lease(
      member,
      facts.get(remediation.id) ?? [],
      leaseGuards,
      deadlineMs,
      services,
    );
    if (refused.length > 0) await recordRefused(member, refused, leased.length === 0, services);
    if (leased.length === 0) return undefined;
    const claimed = await claimRemediation(store, { remediation, targets: leased }, callId, clock.now());
    if (!claimed) log.info('another process is at work on it', { correlationId: remediation.id });
    return claimed ? { ...member, targets: leased, remediation: { ...remediation, callId } } : undefined;
  }

  const members = await Promise.all(candidates.map(join));
  return members.filter((member) => member !== undefined);
}

type Refused = { target: string; verdict: Verdict };

async function lease(
  { remediation, targets }: Member,
  facts: readonly Facts[],
  guards: readonly Guard[],
  deadlineMs: number,
  { store, clock }: ActionServices,
): Promise<{ leased: string[]; refused: Refused[] }> {
  const { id, pool } = remediation;
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
      { pool, node: leaseName(remediation, target), remediation: id, deadlineMs },
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

async function recordRefused(
  { remediation: { id } }: Member,
  refused: readonly Refused[],
  allOfThem: boolean,
  { store, clock }: ActionServices,
): Promise<void> {
  await record(store, id, clock.now(), isUndecided, ({ outcomes }) => ({
    changes: {
      outcomes: {
        ...outcomes,
        ...Object.fromEntries(
          refused.map(({ target, verdict }) => [target, { state: 'skipped' as const, why: verdict.why }]),
        ),
      },
      ...(allOfThem && {
        state: 'skipped' as const,
        why: refused.map(({ verdict }) => verdict.why).join('; '),
      }),
    },
    receipts: refused.map(({ target, verdict }) => ({ step: 'guard', target, ...verdict })),
  }));
}
