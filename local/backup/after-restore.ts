import { type Call, callKey, callKind, OPEN_CALLS } from '#lib/ledger/call';
import { type DocumentKind, readDocument, updateDocument } from '#lib/ledger/change';
import { pagesOf } from '#lib/ledger/listing/found';
import { updatePoolRecord } from '#lib/ledger/pool-record';
import { parseMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { abandonCall, recordAnswer } from '#lib/remediation/execution/call';
import { handOver, loseTrack } from '#lib/remediation/lifecycle/hand-over';
import { type Recorded, recordRemediation } from '#lib/remediation/lifecycle/move';
import { isDestructive, isUndecided } from '#lib/remediation/record/outcome';
import type { Rules } from '#lib/rules/rules';

export type RestoredLedger = {
  store: Store;
  rules: Rules;
  /** The ids of the pools that the ledger knows. */
  pools: ReadonlySet<string>;
  /** ISO 8601. */
  takenAt: string;
  /** Epoch milliseconds. */
  now: number;
};

/** How many remediations went to a person, and how many calls the next start follows or searches for. */
export type AfterRestore = { handedOver: number; followed: number };

/** The states of a remediation that may still lead to a request. */
const STATES = ['submitting', 'deferred', 'verifying'];

const PAGE = 100;

/**
 * Makes a restored ledger safe. The system whose ledger it was may have gone on after the backup, so every command that had not
 * been called by then may have been called since. None of them is carried out: each goes to a person. A call that may have been sent is
 * never sent again; the next start searches for its job, or follows it. Each pool remembers the restore, and for the cooldown each of its nodes
 * counts as just worked on.
 */
export async function afterRestore(ledger: RestoredLedger): Promise<AfterRestore> {
  const { store, rules, pools, takenAt, now } = ledger;
  const calls = await allIn(store, callKind, OPEN_CALLS);
  for (const call of calls) await (mayBeFound(call) ? giveTime(store, call, now) : closeUnsent(store, call));

  let handedOver = 0;
  const services = { store, rules, notices: { send: () => Promise.resolve() } };
  for (const state of STATES) {
    for (const found of await allIn(store, remediationKind, state)) {
      const call = found.callId === undefined ? undefined : await readCall(store, found.callId);
      const { written } = await recordRemediation(services, found.id, now, (current) =>
        stopped(current, call, takenAt),
      );
      if (written) handedOver += 1;
    }
  }
  const restored = { from: takenAt, at: new Date(now).toISOString() };
  for (const pool of new Set([...pools, ...rules.pools.map(({ id }) => id)]))
    await updatePoolRecord(store, pool, now, (record) => ({
      ...record,
      restored,
      updatedAt: restored.at,
    }));
  return { handedOver, followed: calls.filter(mayBeFound).length };
}

/** Ends a call that was not sent by then, or whose request would be sent again. */
async function closeUnsent(store: Store, { id, state }: Call): Promise<void> {
  if (state === 'preparing') await abandonCall(store, id);
  if (state !== 'calling' && state !== 'lost') return;
  const error = { message: 'the ledger was restored from a backup: its result is unknown' };
  await recordAnswer(store, id, { state: 'refused', error, unsure: true });
}

/** Gives a call as much time again as it had: its job has ended since, and the next polls must find that out. */
async function giveTime(store: Store, { id }: Call, now: number): Promise<void> {
  await updateDocument<Call>(store, callKind, callKey(id), (call) => {
    if (call?.deadline === undefined) return undefined;
    const ownMs = Date.parse(call.deadline) - Date.parse(call.callingAt ?? call.createdAt);
    return { ...call, deadline: new Date(now + ownMs).toISOString() };
  });
}

/** Whether a call was sent, or may have been, and its end can still be found. */
function mayBeFound({ state, action }: Call): boolean {
  return state === 'accepted' || (isDestructive(action) && (state === 'calling' || state === 'lost'));
}

function stopped(current: Remediation, call: Call | undefined, takenAt: string): Recorded | undefined {
  const why =
    `the ledger was restored from a backup of ${takenAt}, and it is unknown whether this was carried out after that: look at the node, ` +
    'and give the command again if it is still needed';
  if (current.phase === 'rung-failed') return loseTrack(current, why);
  if (!isUndecided(current)) return undefined;
  if (current.phase === 'calling' && call && mayBeFound(call)) return undefined;
  return handOver(current, why);
}

function readCall(store: Store, id: string): Promise<Call | undefined> {
  return readDocument(store, callKind, callKey(id));
}

/** Every readable document in a partition of the index by state. The sweep reports the others. */
async function allIn<Value>(store: Store, kind: DocumentKind<Value>, partition: string): Promise<Value[]> {
  const all: Value[] = [];
  for await (const page of pagesOf(store, { index: 'by-state', partition, after: '0' }, PAGE)) {
    const documents = page
      .map(({ document }) => document)
      .filter(({ pk }) => pk.startsWith(`${prefixOf(kind)}#`));
    all.push(...parseMany(kind, documents).values);
  }
  return all;
}

function prefixOf({ name }: Pick<DocumentKind<unknown>, 'name'>): string {
  return name === callKind.name ? 'call' : 'remediation';
}
