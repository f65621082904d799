import { MAX_WAITING } from '#lib/capacity/wait-list';
import { findDocuments } from '#lib/ledger/listing/found';
import type { Waiting } from '#lib/ledger/pool-record';
import { parseMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { PLAN_VALID_MS } from '#lib/remediation/lifecycle/plan';

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

/** The commands that wait in any pool, oldest first: the newest thousand of each kind. An unreadable one is left out. */
export async function readWaitingCommands(store: Store): Promise<Remediation[]> {
  const found = await Promise.all(
    ['deferred', 'awaiting-approval'].map((partition) =>
      findDocuments(store, { index: 'by-state', partition, limit: MAX_WAITING }),
    ),
  );
  const { values } = parseMany(
    remediationKind,
    found.flat().map(({ document }) => document),
  );
  return values.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
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
