import { MAX_WAITING } from '#lib/capacity/wait-list';
import { pagesOf } from '#lib/ledger/listing/found';
import type { Waiting } from '#lib/ledger/pool-record';
import { parseMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { PLAN_VALID_MS } from '#lib/rules/waits';

/** A command that waits, for people. */
export type WaitingCommand = {
  remediation: Remediation;
  /** The time of its acceptance. */
  since: string;
  /** `place`: a slot of the budget. `domain`: its failure domain. `time`: a known time. `approval`: a person. */
  waitsFor: Waiting['waitsFor'] | 'approval';
  /** It comes back by itself at this time, or its plan expires. */
  until: string;
};

/** Before every sort key. */
const BEGINNING = '0';

/** Limit of the waiting commands of each kind that are read to find the oldest: those that have been in their state for the longest. */
const MAX_READ = 10 * MAX_WAITING;

/** The commands that wait in any pool, oldest first: the oldest thousand of each kind. An unreadable one is left out. */
export async function readWaitingCommands(store: Store): Promise<Remediation[]> {
  const oldest = await Promise.all([readOldest(store, 'deferred'), readOldest(store, 'awaiting-approval')]);
  return oldest.flat().toSorted(byAge);
}

/** The index has the order of their states' beginnings. A command that waits again is older than its place, so all are read. */
async function readOldest(store: Store, partition: string): Promise<Remediation[]> {
  let oldest: Remediation[] = [];
  let read = 0;
  const query = { index: 'by-state', partition, after: BEGINNING } as const;
  for await (const page of pagesOf(store, query, MAX_WAITING)) {
    const { values } = parseMany(
      remediationKind,
      page.map(({ document }) => document),
    );
    oldest = [...oldest, ...values].toSorted(byAge).slice(0, MAX_WAITING);
    read += MAX_WAITING;
    if (read >= MAX_READ) break;
  }
  return oldest;
}

function byAge(a: Remediation, b: Remediation): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** The waiting commands of one pool, oldest first. `list`: the wait list of the pool. */
export function waitingIn(
  pool: string,
  commands: readonly Remediation[],
  list: readonly Waiting[],
): WaitingCommand[] {
  const entries = new Map(list.map((entry) => [entry.remediation, entry]));
  return commands
    .filter((remediation) => remediation.pool === pool)
    .flatMap((remediation): WaitingCommand[] => {
      const { id, createdAt: since } = remediation;
      if (remediation.phase === 'waiting') {
        const waitsFor = entries.get(id)?.waitsFor ?? 'time';
        return [{ remediation, since, waitsFor, until: remediation.deferredUntil }];
      }
      if (remediation.phase !== 'planned') return [];
      const madeAt = remediation.plan.at ?? remediation.updatedAt;
      const until = new Date(Date.parse(madeAt) + PLAN_VALID_MS).toISOString();
      return [{ remediation, since, waitsFor: 'approval', until }];
    });
}
