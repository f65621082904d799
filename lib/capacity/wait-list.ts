import { inTurn } from '#lib/concurrency';
import { updateDocument } from '#lib/ledger/change';
import {
  type PoolRecord,
  poolRecordKey,
  readPoolRecord,
  updatePoolRecord,
  WAITING_KEYS,
  type Waiting,
  waitingKey,
  waitingKind,
} from '#lib/ledger/pool-record';
import { parseMany, parseOne, readMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
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

/** Limit of the commands that are read of a wait list. The ones behind them return by themselves, and take no slot before these. */
export const MAX_WAITING = 1_000;

/** As many entries are written at the same time. */
const ENTRIES_AT_ONCE = 16;

/** The commands in a pool's wait list, oldest first. An unreadable entry counts for nothing. */
export async function readWaiting(pool: string, { store }: { store: Store }): Promise<Waiting[]> {
  const { pk: partition } = poolRecordKey(pool);
  const documents = await store.query({ partition, ...WAITING_KEYS, limit: MAX_WAITING });
  return parseMany(waitingKind, documents).values;
}

/** Adds commands to the pool's wait list, each by one write. */
export async function enqueue(
  pool: string,
  entries: readonly Entry[],
  { store }: Pick<ReleasingServices, 'store'>,
): Promise<void> {
  await inTurn(entries, ENTRIES_AT_ONCE, async ({ remediation, comesBackAtMs, ...waitsFor }) => {
    const { id, createdAt } = remediation;
    const until = new Date(comesBackAtMs + GRACE_MS).toISOString();
    const entry: Waiting = { remediation: id, createdAt, ...waitsFor, until };
    await updateDocument<Waiting>(store, waitingKind, waitingKey(pool, entry), () => entry);
  });
}

/**
 * Removes entries from the pool's wait list, unless their commands were added again since: a function that defers one
 * meanwhile relies on its turn. The commands behind them may go on.
 */
export async function dequeue(
  pool: string,
  entries: readonly Waiting[],
  services: Pick<ReleasingServices, 'store' | 'clock'>,
): Promise<void> {
  if (!(await removeWaiting(pool, entries, services))) return;
  const { store, clock } = services;
  await updatePoolRecord(store, pool, clock.now(), (current) => {
    const at = new Date(clock.now()).toISOString();
    return { ...current, capacityChangedAt: at, updatedAt: at };
  });
}

/**
 * Removes the entry of a remediation that waits no more, if it has one. The commands behind it may go on.
 *
 * @returns the entry.
 */
export async function leaveWaitList(
  { id, pool, createdAt }: Pick<Remediation, 'id' | 'pool' | 'createdAt'>,
  services: Pick<ReleasingServices, 'store' | 'clock'>,
): Promise<Waiting | undefined> {
  const document = await services.store.get(waitingKey(pool, { createdAt, remediation: id }));
  const found = document && parseOne(waitingKind, document);
  if (!found || !('value' in found)) return undefined;
  await dequeue(pool, [found.value], services);
  return found.value;
}

/** Removes entries that no command relies on. @returns whether any was there. */
export async function removeWaiting(
  pool: string,
  entries: readonly Waiting[],
  { store }: { store: Store },
): Promise<boolean> {
  let isAny = false;
  await inTurn(entries, ENTRIES_AT_ONCE, async (entry) => {
    const key = waitingKey(pool, entry);
    const document = await store.get(key);
    const found = document && parseOne(waitingKind, document);
    if (!document || !found || !('value' in found) || found.value.readAt !== entry.readAt) return;
    if (await store.remove(key, document.version)) isAny = true;
  });
  return isAny;
}

/**
 * Wakes the oldest commands that wait for a slot in the pool, as many as there are free slots. It wakes none while a storm
 * or the breaker holds them all. If the message to one is lost, it returns by itself.
 */
export async function wakeNext(pool: string, places: number, services: ReleasingServices): Promise<void> {
  const { store, clock } = services;
  const now = clock.now();
  const waiting = await readWaiting(pool, services);
  if (waiting.length === 0) return;
  const next = nextInLine(await readPoolRecord(store, pool, now), waiting, places, now);
  const turns = await Promise.all(next.map((entry) => takeTurn(pool, entry, now, store)));
  const turn = next.filter((_, index) => turns[index]);
  if (turn.length === 0) return;
  // An unreadable one blocks no command behind it.
  const keys = turn.map(({ remediation }) => remediationKey(remediation));
  const { values: found } = await readMany(store, remediationKind, keys);
  const ready = found.filter((remediation) =>
    mayWait(
      remediation,
      turn.find((entry) => entry.remediation === remediation.id),
      now,
    ),
  );
  await Promise.all(ready.map((remediation) => wake(remediation, services)));
  // An entry whose command no longer waits, because the function that added it died, blocks no other.
  const gone = turn.filter(({ remediation }) => !ready.some(({ id }) => id === remediation));
  if (gone.length === 0) return;
  await dequeue(pool, gone, services);
  await wakeNext(pool, gone.length, services);
}

/** Records that it is a command's turn. @returns false if another process was faster, or the command was deferred again. */
async function takeTurn(pool: string, entry: Waiting, now: number, store: Store): Promise<boolean> {
  const { readAt, wokenAt } = entry;
  const { written } = await updateDocument<Waiting>(store, waitingKind, waitingKey(pool, entry), (current) =>
    current && current.readAt === readAt && current.wokenAt === wokenAt
      ? { ...current, wokenAt: new Date(now).toISOString() }
      : undefined,
  );
  return written;
}

/**
 * The commands to wake: the oldest that wait for a slot, as many as there are slots, and the oldest of each failure domain
 * without a held node. A command that was just woken is on its way already. No command is woken twice for the same change,
 * because that would never end.
 */
function nextInLine(pool: PoolRecord, waiting: readonly Waiting[], places: number, now: number): Waiting[] {
  const isHeld = [pool.storm?.until, pool.breaker?.openUntil].some(
    (until) => until !== undefined && Date.parse(until) > now,
  );
  if (isHeld) return [];
  const isOnTheWay = ({ wokenAt }: Waiting) =>
    wokenAt !== undefined && now - Date.parse(wokenAt) < JUST_WOKEN_MS;
  const alive = currentWaiting(waiting, pool, now);
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
  const { capacityChangedAt = '' } = pool;
  return next.filter(({ readAt }) => readAt < capacityChangedAt);
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
  const { clock } = services;
  const now = clock.now();
  const { stored } = await recordRemediation(services, id, now, (current) =>
    current.phase === 'waiting' && Date.parse(current.deferredUntil) > now
      ? noteWoken(current, now)
      : undefined,
  );
  if (stored?.state === 'deferred') await sendCommand(stored, services);
}
