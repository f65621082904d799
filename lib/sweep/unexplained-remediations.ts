import { callKey, callKind, isFollowed } from '#lib/ledger/call';
import { parseMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { loseTrack } from '#lib/remediation/lifecycle/hand-over';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { canStart } from '#lib/remediation/lifecycle/transitions';
import { isLongPast, STRANDED_MS } from './age.ts';
import { sweepOf } from './sweep-of.ts';

/**
 * Remediations in a running state without a followed call. No known path leads there, since a call updates its remediations
 * before it ends. If it happens all the same, a person hears of it.
 */
export const unexplainedRemediations = sweepOf({
  name: 'unexplained-remediations',
  kind: remediationKind,
  places: [
    { partition: 'running', restedMs: STRANDED_MS },
    { partition: 'verifying', restedMs: STRANDED_MS },
  ],
  async finish(found, services, { log }) {
    if (!isLongPast(found.updatedAt, services.clock.now()) || (await hasFollowedCall(found, services.store)))
      return undefined;
    const why = 'no call of it is followed any more, and how it ended is not known: look at its nodes';
    const { written } = await recordRemediation(services, found.id, services.clock.now(), (current) =>
      canStart(current, 'lose-track') &&
      current.state === found.state &&
      current.updatedAt === found.updatedAt
        ? loseTrack(current, why)
        : undefined,
    );
    if (!written) return undefined;
    log.error('needs-human', { correlationId: found.id, why });
    return 'handed to a person';
  },
});

/** Whether any call of a remediation may still report on it. */
async function hasFollowedCall({ callId, acceptedCalls = [] }: Remediation, store: Store): Promise<boolean> {
  const ids = [callId ?? [], acceptedCalls].flat();
  const documents = await store.getMany([...new Set(ids)].map(callKey));
  const { values, unreadable } = parseMany(callKind, documents);
  // An unreadable call may still be followed. The sweep of calls sends a notice about it.
  return unreadable.length > 0 || values.some(isFollowed);
}
