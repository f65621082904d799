import type { AlertsOfRule } from '#lib/guards/fault';
import type { NodeLadder } from '#lib/guards/node-ladder';
import { RESOLVES_WITHIN_MS } from '#lib/guards/node-ladder';
import { readDocument } from '#lib/ledger/change';
import type { NodeRecord } from '#lib/ledger/node-record';
import { hasEnded } from '#lib/ledger/phase';
import { readMany } from '#lib/ledger/read-many';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import type { Rules } from '#lib/rules/rules';
import { rungsBefore } from './ladder.ts';
import { verificationOf } from './limits.ts';

/** More than the longest ladder of a rules file. */
const MAX_RUNGS = 50;

/** The last remediation of the ladder of a remediation. */
export async function endOfLadder(store: Store, remediation: Remediation): Promise<Remediation> {
  let last = remediation;
  for (let rung = 0; rung < MAX_RUNGS && last.escalatedTo !== undefined; rung += 1) {
    const next = await readDocument(store, remediationKind, remediationKey(last.escalatedTo));
    if (!next) break;
    last = next;
  }
  return last;
}

/** The earlier remediations of a ladder, the first rung's first. An unreadable one is left out. */
export async function readRungsBefore(store: Store, remediation: Remediation): Promise<Remediation[]> {
  const ids = rungsBefore(remediation);
  const { values } = await readMany(store, remediationKind, ids.map(remediationKey));
  return values.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

/** The time that the alert of a remediation has to resolve after its success, in milliseconds. */
export function resolvesWithinMs(rules: Rules, remediation: Remediation): number {
  return verificationOf(rules, remediation)?.withinMs ?? RESOLVES_WITHIN_MS;
}

/** When a remediation entered its state, ISO 8601. */
export function stateSince({ stateSince: since, updatedAt }: Remediation): string {
  return since ?? updatedAt;
}

/** The latest other ladder that the rule of a remediation began for a node, without the rule's alerts; undefined if none is known. */
export async function readNodeLadder(
  { store, rules }: { store: Store; rules: Rules },
  remediation: Remediation,
  record: NodeRecord | undefined,
): Promise<Omit<NodeLadder, keyof AlertsOfRule> | undefined> {
  const { rule, alerts, ladder } = remediation;
  if (rule === undefined || alerts.length === 0) return undefined;
  const own = ladder?.root ?? remediation.id;
  const round = record?.rounds?.findLast((one) => one.rule === rule && one.root !== own);
  const root = round && (await readDocument(store, remediationKind, remediationKey(round.root)));
  if (!root) return undefined;
  const last = await endOfLadder(store, root);
  return {
    remediation: last.id,
    state: last.state,
    hasEnded: hasEnded(last.state),
    since: stateSince(last),
    withinMs: resolvesWithinMs(rules, last),
  };
}

/** Whether a ladder must go on from a remediation, and no process has done it yet. */
export function isToGoOn(remediation: Remediation): boolean {
  return remediation.phase === 'rung-failed';
}
