import { updateAndDecide, updateDocument } from '#lib/ledger/change';
import { firstWithin, MAX_WAITING_BYTES } from '#lib/ledger/limits';
import {
  emptyPoolRecord,
  type PoolRecord,
  poolRecordKey,
  poolRecordKind,
  type Waiting,
} from '#lib/ledger/pool-record';
import { readMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { noteWoken } from '#lib/remediation/lifecycle/note';
import { sendCommand } from '#lib/remediation/messages/send-command';
import type { ReleasingServices } from '#lib/remediation/record/services';
import { currentWaiting, heldByOthers } from './pool-state.ts';

/** A command that must wait. `comesBackAtMs`: the time of its own return, epoch milliseconds. */
export type Entry = Pick<Waiting, 'waitsFor' | 'places' | 'domains' | 'readAt'> & {
  remediation: Remediation;
  comesBackAtMs: number;
};

/** A command that is this late does not count as waiting. SQS may have to deliver its message again. */
const GRACE_MS = 15 * 60_000;

/** Longest function run. An entry this old whose command was never deferred belongs to a process that died. */
const DEFERRING_MS = 60_000;

/** A command that was woken this recently is on its way. */
const JUST_WOKEN_MS = 60_000;

/** Adds commands to the pool's wait list, by one write. */
export async function enqueue(
  pool: string,
  entries: readonly Entry[],
  { store, clock }: Pick<ReleasingServices, 'store' | 'clock'>,
): Promise<void> {
  if (entries.length === 0) return;
  await updateDocument<PoolRecord>(store, poolRecordKind, poolRecordKey(pool), (current) => {
    const now = clock.now();
    const found = current ?? emptyPoolRecord(pool, now);
    const changed = new Set(entries.map(({ remediation }) => remediation.id));
    const others = found.waiting.filter(
      ({ remediation, until }) => !changed.has(remediation) && Date.parse(until) > now,
    );
    const entered = entries.map(
      ({ remediation: { id, createdAt }, comesBackAtMs, ...waitsFor }): Waiting => ({
        remediation: id,
        createdAt,
        ...waitsFor,
        until: new Date(comesBackAtMs + GRACE_MS).toISOString(),
      }),
    );
    // The commands behind them return by themselves, and take no slot before these.
    const waiting = firstWithin([...others, ...entered].sort(byAge), MAX_WAITING_BYTES);
    return { ...found, waiting, updatedAt: new Date(now).toISOString() };
  });
}

/**
 * Removes entries from the pool's wait list, unless their commands were added again since: a function that defers one
 * meanwhile relies on its turn.
 */
export async function dequeue(
  pool: string,
  entries: readonly Waiting[],
  { store, clock }: Pick<ReleasingServices, 'store' | 'clock'>,
): Promise<void> {
  if (entries.length === 0) return;
  const readAts = new Map(entries.map(({ remediation, readAt }) => [remediation, readAt]));
  await updateDocument<PoolRecord>(store, poolRecordKind, poolRecordKey(pool), (current) => {
    if (!current) return undefined;
    const waiting = current.waiting.filter(({ remediation, readAt }) => readAts.get(remediation) !== readAt);
    if (waiting.length === current.waiting.length) return undefined;
    const at = new Date(clock.now()).toISOString();
    return { ...current, waiting, movedAt: at, updatedAt: at };
  });
}

function byAge(a: Waiting, b: Waiting): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.remediation < b.remediation ? -1 : 1;
}

/**
 * Wakes the oldest commands that wait for a slot in the pool, as many as there are free slots. It wakes none while a storm
 * or the breaker holds them all. If the message to one is lost, it returns by itself.
 */
export async function wakeNext(pool: string, places: number, services: ReleasingServices): Promise<void> {
  const { store, clock } = services;
  const now = clock.now();
  const { decided: turn } = await updateAndDecide(store, poolRecordKind, poolRecordKey(pool), (current) => {
    const next = current ? nextInLine(current, places, now) : [];
    if (!current || next.length === 0) return { value: undefined, decided: next };
    const wokenAt = new Date(now).toISOString();
    const waiting = current.waiting.map((entry) => (next.includes(entry) ? { ...entry, wokenAt } : entry));
    return { value: { ...current, waiting, updatedAt: wokenAt }, decided: next };
  });
  if (turn.length === 0) return;
  // An unreadable one blocks no command behind it.
  const keys = turn.map(({ remediation }) => remediationKey(remediation));
  const { values: found } = await readMany(store, remediationKind, keys);
  const waiting = found.filter((remediation) =>
    mayWait(
      remediation,
      turn.find((entry) => entry.remediation === remediation.id),
      now,
    ),
  );
  await Promise.all(waiting.map((remediation) => wake(remediation, services)));
  // An entry whose command no longer waits, because the function that added it died, blocks no other.
  const gone = turn.filter(({ remediation }) => !waiting.some(({ id }) => id === remediation));
  if (gone.length === 0) return;
  await dequeue(pool, gone, services);
  await wakeNext(pool, gone.length, services);
}

/**
 * The commands to wake: the oldest that wait for a slot, as many as there are slots, and the oldest of each failure domain
 * without a held node. A command that was just woken is on its way already. No command is woken twice for the same change,
 * because that would never end.
 */
function nextInLine(pool: PoolRecord, places: number, now: number): Waiting[] {
  const isHeld = [pool.storm?.until, pool.breaker?.openUntil].some(
    (until) => until !== undefined && Date.parse(until) > now,
  );
  if (isHeld) return [];
  const isOnTheWay = ({ wokenAt }: Waiting) =>
    wokenAt !== undefined && now - Date.parse(wokenAt) < JUST_WOKEN_MS;
  const alive = currentWaiting(pool, now);
  const forPlace = alive.filter(({ waitsFor }) => waitsFor === 'place');
  let room = places - slotsOf(forPlace.filter(isOnTheWay));
  const next: Waiting[] = [];
  for (const entry of forPlace.filter((one) => !isOnTheWay(one))) {
    if (room <= 0) break;
    next.push(entry);
    room -= entry.places;
  }

  const held = heldByOthers(pool, { remediation: '', node: '' }, now);
  const taken = new Set(held.flatMap((node) => pool.held[node]?.domains ?? []));
  for (const entry of alive.filter(({ waitsFor }) => waitsFor === 'domain')) {
    if (entry.domains.some((domain) => taken.has(domain))) continue;
    for (const domain of entry.domains) taken.add(domain);
    if (!isOnTheWay(entry)) next.push(entry);
  }
  const { movedAt = '' } = pool;
  return next.filter(({ readAt }) => readAt < movedAt);
}

function slotsOf(entries: readonly Waiting[]): number {
  return entries.reduce((sum, { places }) => sum + places, 0);
}

/**
 * Whether a remediation waits, or is being deferred at this moment: it enters the list first. A command whose function died
 * in between returns by itself.
 */
function mayWait({ state, callId }: Remediation, entry: Waiting | undefined, now: number): boolean {
  const isBeingPutOff = entry !== undefined && now - Date.parse(entry.readAt) < DEFERRING_MS;
  return state === 'deferred' || (state === 'submitting' && callId === undefined && isBeingPutOff);
}

async function wake({ id }: Remediation, services: ReleasingServices): Promise<void> {
  const { store, clock } = services;
  const now = clock.now();
  const { stored } = await recordRemediation(store, id, now, (current) =>
    current.phase === 'waiting' && Date.parse(current.deferredUntil) > now
      ? noteWoken(current, now)
      : undefined,
  );
  if (stored?.state === 'deferred') await sendCommand(stored, services);
}
