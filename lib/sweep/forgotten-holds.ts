import { freed, heldUnder, isNeeded } from '#lib/capacity/hold-need';
import { tellEnds, tellIncidents } from '#lib/capacity/incidents';
import { type Released, releaseHolds } from '#lib/capacity/release';
import { isLongUnseen, withoutOverBudget } from '#lib/capacity/report-over-budget';
import { wakeNext } from '#lib/capacity/wait-list';
import { callKey, callKind } from '#lib/ledger/call';
import { readDocument } from '#lib/ledger/change';
import {
  type Hold,
  type PoolRecord,
  poolRecordKey,
  poolRecordKind,
  updatePoolRecord,
} from '#lib/ledger/pool-record';
import { remediationKey, remediationKind } from '#lib/ledger/remediation';
import { reportIfUnreadable } from '#lib/remediation/messages/report-unreadable';
import type { RecordingServices } from '#lib/remediation/record/services';
import { isLongPast } from './age.ts';
import type { Sweep, Swept } from './sweep-of.ts';

/** Limit of the waiting commands woken in one run. A function that finds more room wakes the next. */
const MAX_WOKEN = 3;

/**
 * Leftovers of pools: holds of remediations that have ended, or wait, and whose process died before it released them;
 * commands that wait for a slot while nothing in their pool will ever wake them; and incidents without a notice of their beginning, or of
 * their end.
 */
export const forgottenHolds: Sweep = async (services, { log, deadlineMs }) => {
  const { store, rules, clock } = services;
  const swept: Swept = { name: 'forgotten-holds', looked: 0, done: {}, failures: [], incomplete: false };
  for (const { id: pool } of rules.pools) {
    const found = await orReport(pool, () => readDocument(store, poolRecordKind, poolRecordKey(pool)));
    if (!found) continue;
    swept.looked += 1;
    for (const [name, hold] of Object.entries(found.held)) {
      if (clock.now() >= deadlineMs) return { ...swept, incomplete: true };
      const isReleased = await orReport(name, () => releaseForgotten(pool, name, hold, services));
      if (!isReleased) continue;
      swept.done['released'] = (swept.done['released'] ?? 0) + 1;
      log.warn('a hold was forgotten', { correlationId: hold.remediation, pool, name, since: hold.since });
    }
    await orReport(pool, async () => {
      await tellIncidents(found, services);
      await tellEnds(await withoutForgotten(found, services), services);
      await wakeNext(pool, MAX_WOKEN, services);
    });
  }
  return swept;

  /** Goes on where something cannot be dealt with: it harms nothing else. */
  async function orReport<Value>(what: string, deal: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await deal();
    } catch (cause) {
      if (!(await reportIfUnreadable(cause, services, log)))
        swept.failures.push(new Error(`forgotten-holds: ${what} could not be dealt with`, { cause }));
      return undefined;
    }
  }
};

/** The pool, no longer over its budget if no command has waited for that for long. */
async function withoutForgotten(
  found: PoolRecord,
  { store, clock }: Pick<RecordingServices, 'store' | 'clock'>,
): Promise<PoolRecord> {
  const now = clock.now();
  if (!isLongUnseen(found, now)) return found;
  const { value } = await updatePoolRecord(store, found.pool, now, (current) =>
    isLongUnseen(current, now) ? withoutOverBudget(current, now) : undefined,
  );
  return value;
}

/**
 * Releases a hold that its remediation does not need. One under which a job may still run stays, until it runs out.
 *
 * @returns whether it was released here.
 */
async function releaseForgotten(
  pool: string,
  name: string,
  hold: Hold,
  services: RecordingServices,
): Promise<boolean> {
  const { store, clock } = services;
  // Old enough that no process is still between taking the hold and recording its purpose.
  if (!isLongPast(hold.since, clock.now())) return false;
  const remediation = await readDocument(store, remediationKind, remediationKey(hold.remediation));
  const callId = remediation?.callId;
  const call = callId === undefined ? undefined : await readDocument(store, callKind, callKey(callId));
  const standing = remediation && heldUnder(remediation, name, call);
  const isVoid = Date.parse(hold.expiresAt) <= clock.now();
  if (standing && !isVoid && isNeeded(standing)) return false;
  const released: Released = standing ? freed(standing) : { result: 'released' };
  const isSame = ({ since }: Hold) => since === hold.since;
  return releaseHolds(pool, hold, new Map([[name, released]]), services, isSame);
}
