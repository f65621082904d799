import { type Call, callKey, callKind, isFollowed } from '#lib/ledger/call';
import { read } from '#lib/ledger/change';
import { type NodeRecord, nodeRecordKind } from '#lib/ledger/node-record';
import {
  hasEnded,
  type NodeOutcome,
  type Remediation,
  remediationKey,
  remediationKind,
} from '#lib/ledger/remediation';
import { leaseName, releaseNode } from '#lib/remediation/node-lease';
import { isDestructive, lastOf } from '#lib/remediation/outcome';
import { STRANDED_MS } from './age.ts';
import { sweepOf } from './sweep-of.ts';

/**
 * Leases whose remediation has ended, or waits, without having given its target back: its process died in between. One under
 * which a job may still run is left as it is.
 */
export const forgottenLeases = sweepOf({
  name: 'forgotten-leases',
  kind: nodeRecordKind,
  // Old enough that no process stands between taking the lease and writing down what for.
  places: [{ partition: 'leased', restedMs: STRANDED_MS }],
  async finish({ pool, node, lease }, { store, clock }, { log }) {
    if (!lease) return undefined;
    const now = clock.now();
    const { remediation: id } = lease;
    const remediation = await read(store, remediationKind, remediationKey(id));
    const callId = remediation?.callId;
    const call = callId === undefined ? undefined : await read(store, callKind, callKey(callId));
    const held = remediation && heldBy(remediation, node, call);
    const isVoid = Date.parse(lease.expiresAt) <= now;
    if (held && !isVoid && isNeeded(held)) return undefined;

    const last = held?.wasCalled
      ? lastOf(held.remediation, isSettled(held) ? held.outcome : 'unknown', held.remediation.updatedAt)
      : undefined;
    const isSame = ({ since, renewedAt }: NonNullable<NodeRecord['lease']>) =>
      since === lease.since && renewedAt === lease.renewedAt;
    if (!(await releaseNode(store, { pool, node, remediation: id }, last, isSame))) return undefined;
    log.warn('a lease was forgotten', { correlationId: id, pool, node, since: lease.since });
    return 'given back';
  },
});

/** A target of a remediation: how it stands, and whether the last call may still be, or was, carried out for it. */
type Held = {
  remediation: Remediation;
  outcome: NodeOutcome['state'] | undefined;
  isFollowed: boolean;
  wasCalled: boolean;
};

/** What a remediation has to do with a node, or a node pool, by the name under which it is leased; undefined: nothing. */
function heldBy(remediation: Remediation, leased: string, call: Call | undefined): Held | undefined {
  const { id, nodes = [], nodePool = [], outcomes } = remediation;
  const target = [...Object.keys(outcomes), ...nodes, nodePool]
    .flat()
    .find((name) => leaseName(remediation, name) === leased);
  if (target === undefined) return undefined;
  const isInCall = call?.members.some((one) => one.remediation === id && one.targets.includes(target));
  return {
    remediation,
    outcome: outcomes[target]?.state,
    isFollowed: isInCall === true && call !== undefined && isFollowed(call),
    wasCalled: isInCall === true && call !== undefined && (isFollowed(call) || call.state === 'ended'),
  };
}

/** Whether a remediation still needs its lease, or something may still be done to the target on its behalf. */
function isNeeded(held: Held): boolean {
  const { state, action } = held.remediation;
  // Its command is on the queue, or is put there again.
  if (state === 'submitting') return true;
  if (isSettled(held)) return false;
  if (held.isFollowed || (held.outcome === 'verifying' && !hasEnded(state))) return true;
  if (state === 'running' || state === 'verifying') return true;
  // What cannot be undone may still be under way after it was given up. Nothing can be, where no call was made.
  return state === 'needs-human' && isDestructive(action) && held.wasCalled;
}

function isSettled(held: Held): held is Held & { outcome: 'succeeded' | 'failed' | 'skipped' } {
  return held.outcome === 'succeeded' || held.outcome === 'failed' || held.outcome === 'skipped';
}
