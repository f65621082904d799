import { hasEnded } from '#lib/ledger/phase';
import {
  decideOnPoolRecord,
  type Hold,
  type PoolRecord,
  recentPoolRecord,
  updatePoolRecord,
} from '#lib/ledger/pool-record';
import type { Remediation } from '#lib/ledger/remediation';
import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import { everyTarget } from '#lib/remediation/record/open';
import { isDestructive, isDone, lastOf } from '#lib/remediation/record/outcome';
import type { ReleasingServices } from '#lib/remediation/record/services';
import { poolOf } from '#lib/rules/pool';
import { type Freed, freeHolds, holdName, isUndone, ownHolds, type Result, withFailure } from './holds.ts';
import { tellIncidents } from './incidents.ts';
import { type CallMemory, rememberCall } from './remember-call.ts';
import { wakeNext } from './wait-list.ts';

/**
 * Why targets are released. `unused`: no call was made for them. `refused`: the API refused the call. `over`: their call has ended.
 * `no-trace`: the outcome of a lost call is unknown, and no job works on them. The cooldown protects them for a while.
 */
export type Reason = 'unused' | 'refused' | 'over' | 'no-trace';

/**
 * A released target: its result, and the finished call, kept for the cooldown. Without `last`: there was none. `isUnsent`: no request
 * of its ladder was sent for it, so it was no round of the ladder.
 */
export type Released = Pick<CallMemory, 'last'> & { result: Result; isUnsent?: boolean };

/**
 * Releases targets of a remediation, by default every target that the reason covers; a target that is still verified stays held.
 * A target whose earlier call has ended is released as such, with its cooldown, for every reason.
 * It writes their history first, so that no cooldown is lost, and then removes their holds, by one write. Targets of another
 * remediation, or of a later attempt of this one, stay. It wakes the commands whose turn it is now. Safe to repeat.
 *
 * @param options `targets`: for `refused`, those of the refused call; otherwise the only ones to release. `isUnsent`: no request
 *   was ever sent for the remediation, so that it is no round of its ladder.
 */
export async function release(
  remediation: Remediation,
  reason: Reason,
  services: ReleasingServices,
  options: { targets?: readonly string[]; isUnsent?: boolean } = {},
): Promise<void> {
  const { targets, isUnsent = false } = options;
  const { id, pool, judgements: attempt = 0 } = remediation;
  const released = releasedTargets(remediation, reason, services.clock.now(), { targets, isUnsent });
  const named = new Map([...released].map(([target, what]) => [holdName(remediation, target), what]));
  await releaseHolds(pool, { remediation: id, attempt }, named, services);
}

/**
 * Releases targets by the names of their holds.
 *
 * @param isMeant whether this is still the hold to release.
 * @returns whether any was released here.
 */
export async function releaseHolds(
  pool: string,
  holder: Pick<Hold, 'remediation' | 'attempt'>,
  released: ReadonlyMap<string, Released>,
  services: ReleasingServices,
  isMeant: (hold: Hold) => boolean = () => true,
): Promise<boolean> {
  if (released.size === 0) return false;
  const { store, rules, clock } = services;
  const own = (record: PoolRecord, names: Iterable<string>) =>
    ownHolds(record, holder, names).filter(([, hold]) => isMeant(hold));
  // The write that removes the holds decides which of them are still there.
  const held = own(await recentPoolRecord(store, pool, clock.now()), released.keys());
  const remembered = await Promise.allSettled(
    held.map(async ([name, { round, since, countedIn }]): Promise<[string, Freed]> => {
      const { result, last, isUnsent = false } = released.get(name) ?? { result: 'released' };
      const memory = {
        ...(last && { last }),
        ...(round && !isUnsent && { round: { ...round, at: since } }),
        ...(countedIn !== undefined && !isUndone(result) && { countedIn }),
      };
      return [name, { result, isHistory: await rememberCall(store, { pool, node: name }, memory) }];
    }),
  );
  // A target without its history stays held. The others are released all the same.
  const freed = new Map(remembered.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
  const isReleased = freed.size > 0 && (await removeHolds());
  const failed = remembered.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return isReleased;

  async function removeHolds(): Promise<boolean> {
    const { value, written, decided } = await decideOnPoolRecord(store, pool, clock.now(), (record) => {
      const left = own(record, freed.keys());
      if (left.length === 0) return { value: undefined, decided: 0 };
      const places = left.filter(([, hold]) => hold.disruptive).length;
      return {
        value: freeHolds(record, left, freed, poolOf(rules, pool) ?? {}, clock.now()),
        decided: places,
      };
    });
    await tellIncidents(value, services);
    if (written && decided > 0) await wakeNext(pool, decided, services);
    return written;
  }
}

/** Counts a failure that releases no node: a call without a good answer, or a remediation that needs a person. */
export async function countFailure(pool: string, services: ReleasingServices): Promise<void> {
  const { store, rules, clock } = services;
  const { value } = await updatePoolRecord(store, pool, clock.now(), (record) =>
    withFailure(record, poolOf(rules, pool) ?? {}, clock.now()),
  );
  await tellIncidents(value, services);
}

/** The targets to release, each with its result and the record for its cooldown. Pure. */
function releasedTargets(
  remediation: Remediation,
  reason: Reason,
  now: number,
  { targets, isUnsent }: { targets: readonly string[] | undefined; isUnsent: boolean },
): Map<string, Released> {
  const { outcomes, updatedAt } = remediation;
  const all = (names: readonly string[], one: (target: string) => Released): Map<string, Released> =>
    new Map(names.map((target) => [target, one(target)]));
  // The process that recorded the end of an earlier call may have died before it released these, so that no cooldown is on record yet.
  const over = (target: string): Released => {
    const state = outcomes[target]?.state;
    if (state !== 'succeeded' && state !== 'failed') return { result: 'uncalled' };
    const last = lastOf(remediation, state, new Date(now).toISOString());
    return last ? { result: state, last } : { result: 'uncalled' };
  };
  const uncalled = (): Released => ({ result: 'uncalled', isUnsent });
  const unseen = () => everyTarget(remediation).filter((target) => outcomes[target]?.state !== 'verifying');
  switch (reason) {
    case 'unused':
      if (targets) return all(targets, uncalled);
      return all(unseen(), (target) => (isDone(outcomes[target]) ? over(target) : uncalled()));
    case 'refused': {
      const result = isDestructive(remediation.action) ? 'refused' : 'uncalled';
      return all(unseen(), (target) => (!targets || targets.includes(target) ? { result } : over(target)));
    }
    case 'no-trace': {
      const last = lastOf(remediation, 'unknown', updatedAt);
      return all(targets ?? [], () => ({ result: 'released', ...(last && { last }) }));
    }
    case 'over':
      return all(overOf(remediation, targets ?? Object.keys(outcomes)), over);
  }
}

function isOver(outcome: NodeOutcome | undefined): boolean {
  return outcome?.state === 'succeeded' || outcome?.state === 'failed';
}

/**
 * Every target whose call has ended. After the end of the whole remediation also the skipped targets: an attempt that died may have
 * held them.
 */
function overOf({ state: itsState, outcomes }: Remediation, targets: readonly string[]): string[] {
  const isAllOver = hasEnded(itsState) && itsState !== 'needs-human';
  return Object.entries(outcomes).flatMap(([target, outcome]) => {
    if (outcome.state === 'skipped') return isAllOver ? [target] : [];
    return targets.includes(target) && isOver(outcome) ? [target] : [];
  });
}
