import { callKey, callKind, isFollowed } from '#lib/ledger/call';
import { parseMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { recordIf } from '#lib/remediation/record/outcome';
import { STRANDED_MS } from './age.ts';
import { sweepOf } from './sweep-of.ts';

/**
 * Remediations that are said to run, and of whose calls none is followed any more. That is not known to happen: a call ends
 * only after its remediations have been told. If it does, a person is told rather than nobody.
 */
export const unexplainedRemediations = sweepOf({
  name: 'unexplained-remediations',
  kind: remediationKind,
  places: [
    { partition: 'running', restedMs: STRANDED_MS },
    { partition: 'verifying', restedMs: STRANDED_MS },
  ],
  async finish(found, { store, clock }, { log }) {
    if (await hasFollowedCall(found, store)) return undefined;
    const why = 'no call of it is followed any more, and how it ended is not known: look at its nodes';
    const { written } = await recordIf(
      store,
      found.id,
      clock.now(),
      ({ state, updatedAt }) => state === found.state && updatedAt === found.updatedAt,
      () => ({ changes: { state: 'needs-human', why }, receipts: [{ step: 'sweep', gaveUp: true, why }] }),
    );
    if (!written) return undefined;
    log.error('needs-human', { correlationId: found.id, why });
    return 'handed to a person';
  },
});

/** Whether any call that a remediation has ever been part of may still tell something of it. */
async function hasFollowedCall({ callId, acceptedCalls = [] }: Remediation, store: Store): Promise<boolean> {
  const ids = [callId ?? [], acceptedCalls].flat();
  const documents = await store.getMany([...new Set(ids)].map(callKey));
  const { values, unreadable } = parseMany(callKind, documents);
  // One that cannot be read may be followed: people are told of it where the calls are swept.
  return unreadable.length > 0 || values.some(isFollowed);
}
