import type { RemediationAction } from '#lib/actions/traits';
import { UnreadableDocumentError, updateDocument } from '#lib/ledger/change';
import { type NodeRecord, nodeRecordKey, nodeRecordKind } from '#lib/ledger/node-record';
import type { Remediation } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';

/**
 * A lease ends with its remediation. Only a lease with a lost owner reaches this age after the deadline: a day, the longest
 * that Huawei lets a job of this kind run (docs/modelarts-api.md, 1.3).
 */
export const LOST_LEASE_MS = 24 * 3_600_000;

/** Limit of the remembered ladders of a node. */
const KEPT_ROUNDS = 100;

/** The name of a target's lease: a node pool may have the same name as a node. */
export function leaseName({ nodePool }: Pick<Remediation, 'nodePool'>, target: string): string {
  return nodePool === undefined ? target : `nodepool/${target}`;
}

/**
 * Leases a node to a remediation, if `permits` still allows it on the node's record at that moment. The same remediation may
 * lease it again.
 *
 * @returns undefined when the node is leased, otherwise the record that prevented it.
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
    /** The ladder of this rung. It counts once, with the first lease for it. */
    round?: { rule: string; root: string } | undefined;
  },
  permits: (record: NodeRecord | undefined) => boolean,
  now: number,
): Promise<NodeRecord | undefined> {
  const { value } = await updateDocument(store, nodeRecordKind, nodeRecordKey(pool, node), (record) => {
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
 * Releases a node, unless a later attempt of the same remediation has leased it by now. `last`: the finished call, kept for
 * the cooldown; undefined if there was none. `applies`: whether this is still the intended lease.
 *
 * @returns whether it was released here.
 */
export async function releaseNode(
  store: Store,
  { pool, node, remediation, attempt }: { pool: string; node: string; remediation: string; attempt: number },
  last?: NodeRecord['last'],
  applies: (lease: NonNullable<NodeRecord['lease']>) => boolean = () => true,
): Promise<boolean> {
  try {
    const { written } = await updateDocument(store, nodeRecordKind, nodeRecordKey(pool, node), (record) => {
      const found = record?.lease;
      if (!record || found?.remediation !== remediation) return undefined;
      if (found.attempt > attempt || !applies(found)) return undefined;
      const { lease: _released, ...rest } = record;
      return { ...rest, ...(last && { last }) };
    });
    return written;
  } catch (error) {
    // The owner is unknown. The other targets are released all the same; the sweep tells people of this document.
    if (error instanceof UnreadableDocumentError) return false;
    throw error;
  }
}
