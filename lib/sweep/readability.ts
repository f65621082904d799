import { updateDocument } from '#lib/ledger/change';
import { type Snapshot, snapshotKey, snapshotKind } from '#lib/ledger/snapshot/snapshot-record';
import { sendNotice } from '#lib/remediation/record/send-notice';
import type { RecordingServices } from '#lib/remediation/record/services';
import { NOT_READABLE_MS } from '#lib/rules/waits';

/**
 * Tells people once of a pool that could not be read for `NOT_READABLE_MS`, and once of the end. The notice goes on its queue before
 * the record of it is written: if a process dies in between, the next sweep sends it again, under the same id.
 */
export async function tellReadability(
  pool: string,
  snapshot: Snapshot | undefined,
  { store, clock, notices }: Pick<RecordingServices, 'store' | 'clock' | 'notices'>,
): Promise<void> {
  const { failing, recovered } = snapshot ?? {};
  if (recovered) {
    const { since, until } = recovered;
    const why = `the pool can be read again since ${until}; it could not be read since ${since}`;
    await sendNotice({ kind: 'incident', incident: 'readable-again', pool, why, at: until }, { notices });
    await change(({ recovered: told, ...rest }) => (told?.until === until ? rest : undefined));
  }
  if (failing && !failing.told && clock.now() - Date.parse(failing.since) >= NOT_READABLE_MS) {
    const { since } = failing;
    const why = `no reading of the pool was good since ${since}: ${failing.why}`;
    await sendNotice({ kind: 'incident', incident: 'not-readable', pool, why, at: since }, { notices });
    await change(({ failing: now, ...rest }) =>
      now?.since === since ? { ...rest, failing: { ...now, told: true } } : undefined,
    );
  }

  async function change(next: (current: Snapshot) => Snapshot | undefined): Promise<void> {
    await updateDocument<Snapshot>(
      store,
      snapshotKind,
      snapshotKey(pool),
      (current) => current && next(current),
    );
  }
}
