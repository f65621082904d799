import type { RemediationAction } from '#lib/actions/traits';
import { change, UnreadableDocumentError } from '#lib/ledger/change';
import { type NodeRecord, nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';

/**
 * A lease ends with its remediation. Only one whose owner was lost reaches this age: a day, the longest that Huawei lets a
 * job of this kind run (docs/modelarts-api.md, 1.3), behind the deadline.
 */
export const LOST_LEASE_MS = 24 * 3_600_000;

/** The ledger keeps so many of the ladders that were begun for a node. */
const KEPT_ROUNDS = 100;

/** The name under which a target is leased: a node pool may be called like a node. */
export function leaseName({ nodePool }: Pick<Remediation, 'nodePool'>, target: string): string {
  return nodePool === undefined ? target : `nodepool/${target}`;
}

/**
 * Leases a node to a remediation, if `permits` still allows it on the node's record as it is at that moment. The same
 * remediation may lease it again.
 *
 * @returns undefined when the node is leased, otherwise the record that was in the way.
 */
export async function leaseNode(
  store: Store,
  {
    pool,
    node,
    remediation,
    action,
    attempt,
    deadlineMs,
    round,
  }: {
    pool: string;
    node: string;
    remediation: string;
    action: RemediationAction;
    attempt: number;
    deadlineMs: number;
    /** The ladder of which this is a rung: it is counted once, with the first lease for it. */
    round?: { rule: string; root: string } | undefined;
  },
  permits: (record: NodeRecord | undefined) => boolean,
  now: number,
): Promise<NodeRecord | undefined> {
  const { value } = await change(store, nodeRecordKind, nodeRecordKey(pool, node), (record) => {
    const current = record?.lease;
    const taken = current && current.remediation !== remediation && Date.parse(current.expiresAt) > now;
    if (taken || !permits(record)) return undefined;
    const own = current?.remediation === remediation ? current : undefined;
    const since = own?.since ?? new Date(now).toISOString();
    const expiresAt = new Date(deadlineMs + LOST_LEASE_MS).toISOString();
    const renewedAt = new Date(now).toISOString();
    const lease = {
      remediation,
      action,
      attempt: Math.max(attempt, own?.attempt ?? 0),
      since,
      renewedAt,
      expiresAt,
    };
    return {
      ...record,
      pool,
      node,
      lease,
      ...(round && { rounds: withRound(record?.rounds ?? [], { ...round, at: renewedAt }) }),
    };
  });
  return value?.lease?.remediation === remediation ? undefined : value;
}

type Rounds = NonNullable<NodeRecord['rounds']>;

function withRound(rounds: Rounds, round: Rounds[number]): Rounds {
  return rounds.some(({ root }) => root === round.root) ? rounds : [...rounds, round].slice(-KEPT_ROUNDS);
}

/**
 * Gives a node back, unless a later attempt of the same remediation has leased it by now. `last`: what was done to it, kept for
 * its cooldown; undefined where nothing was. `applies`: whether the lease is still the one that is meant.
 *
 * @returns whether it was given back here.
 */
export async function releaseNode(
  store: Store,
  { pool, node, remediation, attempt }: { pool: string; node: string; remediation: string; attempt: number },
  last?: NodeRecord['last'],
  applies: (lease: NonNullable<NodeRecord['lease']>) => boolean = () => true,
): Promise<boolean> {
  try {
    const { written } = await change(store, nodeRecordKind, nodeRecordKey(pool, node), (record) => {
      const found = record?.lease;
      if (!record || found?.remediation !== remediation) return undefined;
      if (found.attempt > attempt || !applies(found)) return undefined;
      const { lease: _released, ...rest } = record;
      return { ...rest, ...(last && { last }) };
    });
    return written;
  } catch (error) {
    // Whose it is cannot be known. Its neighbours are given back all the same; the sweep tells people of the document.
    if (error instanceof UnreadableDocumentError) return false;
    throw error;
  }
}
