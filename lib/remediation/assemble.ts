import type { Facts, Verdict } from '#lib/guards/guard';
import { cooldown, newerThanLastRemediation, oneAtATime } from '#lib/guards/history';
import type { Invocation } from '#lib/handler/invocation';
import type { NodeRecord } from '#lib/ledger/node-record';
import { claimRemediation } from './call.ts';
import type { Member } from './join.ts';
import { leaseNode } from './node-lease.ts';
import { isUndecided, record } from './outcome.ts';
import type { ActionServices } from './services.ts';

/** The guards that rest on a node's record: asked once more in the very write that takes the lease. */
const LEASE_GUARDS = [oneAtATime, cooldown, newerThanLastRemediation];

/**
 * Leases the nodes and claims the remediations for a call. Those that lose a race are left out, and the ledger says why.
 *
 * @returns the members of the call, in the order of `candidates`, each with the nodes that are its own now.
 */
export async function assemble(
  candidates: readonly Member[],
  {
    callId,
    deadlineMs,
    facts,
  }: { callId: string; deadlineMs: number; facts: ReadonlyMap<string, readonly Facts[]> },
  services: ActionServices,
  { log }: Invocation,
): Promise<Member[]> {
  const { store, clock } = services;

  async function join(member: Member): Promise<Member | undefined> {
    const { remediation } = member;
    const { leased, refused } = await lease(member, facts.get(remediation.id) ?? [], deadlineMs, services);
    if (refused.length > 0) await recordRefused(member, refused, leased.length === 0, services);
    if (leased.length === 0) return undefined;
    const claimed = await claimRemediation(store, { remediation, nodes: leased }, callId, clock.now());
    if (!claimed) log.info('another process is at work on it', { correlationId: remediation.id });
    return claimed ? { ...member, nodes: leased, remediation: { ...remediation, callId } } : undefined;
  }

  const members = await Promise.all(candidates.map(join));
  return members.filter((member) => member !== undefined);
}

type Refused = { node: string; verdict: Verdict };

async function lease(
  { remediation: { id, pool }, nodes }: Member,
  facts: readonly Facts[],
  deadlineMs: number,
  { store, clock }: ActionServices,
): Promise<{ leased: string[]; refused: Refused[] }> {
  const leased: string[] = [];
  const refused: Refused[] = [];
  for (const node of nodes) {
    const known = facts.find((fact) => fact.node?.name === node);
    const refusals = (found: NodeRecord | undefined) =>
      known
        ? LEASE_GUARDS.map((guard) => guard({ ...known, record: found }, clock.now())).filter(
            ({ allowed }) => !allowed,
          )
        : [];
    const inTheWay = await leaseNode(
      store,
      { pool, node, remediation: id, deadlineMs },
      (found) => refusals(found).length === 0,
      clock.now(),
    );
    if (!inTheWay) leased.push(node);
    else
      refused.push({
        node,
        verdict: refusals(inTheWay)[0] ?? { guard: 'lease', allowed: false, why: 'the node is leased' },
      });
  }
  return { leased, refused };
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
          refused.map(({ node, verdict }) => [node, { state: 'skipped' as const, why: verdict.why }]),
        ),
      },
      ...(allOfThem && {
        state: 'skipped' as const,
        why: refused.map(({ verdict }) => verdict.why).join('; '),
      }),
    },
    receipts: refused.map(({ node, verdict }) => ({ step: 'guard', node, ...verdict })),
  }));
}
