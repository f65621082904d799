import { heldUnder, isNeeded, lastDone } from '#lib/capacity/lease-need';
import { releaseNode } from '#lib/capacity/node-lease';
import { callKey, callKind } from '#lib/ledger/call';
import { readDocument } from '#lib/ledger/change';
import { type NodeRecord, nodeRecordKind } from '#lib/ledger/node-record';
import { remediationKey, remediationKind } from '#lib/ledger/remediation';
import { STRANDED_MS } from './age.ts';
import { sweepOf } from './sweep-of.ts';

/**
 * Leases whose remediation has ended, or waits, and whose process died before it released the target. A lease under which a
 * job may still run stays.
 */
export const forgottenLeases = sweepOf({
  name: 'forgotten-leases',
  kind: nodeRecordKind,
  // Old enough that no process is still between taking the lease and recording its purpose.
  places: [{ partition: 'leased', restedMs: STRANDED_MS }],
  async finish({ pool, node, lease }, { store, clock }, { log }) {
    if (!lease) return undefined;
    const now = clock.now();
    const { remediation: id, attempt } = lease;
    const remediation = await readDocument(store, remediationKind, remediationKey(id));
    const callId = remediation?.callId;
    const call = callId === undefined ? undefined : await readDocument(store, callKind, callKey(callId));
    const held = remediation && heldUnder(remediation, node, call);
    const isVoid = Date.parse(lease.expiresAt) <= now;
    if (held && !isVoid && isNeeded(held)) return undefined;

    const last = held && lastDone(held);
    const isSame = ({ since, renewedAt }: NonNullable<NodeRecord['lease']>) =>
      since === lease.since && renewedAt === lease.renewedAt;
    if (!(await releaseNode(store, { pool, node, remediation: id, attempt }, last, isSame))) return undefined;
    log.warn('a lease was forgotten', { correlationId: id, pool, node, since: lease.since });
    return 'given back';
  },
});
