import { release } from '#lib/capacity/release';
import { leaveWaitList } from '#lib/capacity/wait-list';
import type { Facts } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import { lastFiring, noRepeatAfterSuccess } from '#lib/guards/node-ladder';
import type { Invocation } from '#lib/handler/invocation';
import { readDocument } from '#lib/ledger/change';
import { hasEnded } from '#lib/ledger/phase';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { escalateStillFiring } from '#lib/remediation/escalation/escalate-still-firing';
import { recordJudgement } from '#lib/remediation/planning/record-judgement';
import { effectiveMode } from '#lib/remediation/record/limits';
import { isDone, mayUndoOthers } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { Member } from './join.ts';
import type { Batch, JudgedTask } from './judge-in-turn.ts';

/** The number of judgements that are recorded at the same time. Each is a read and a write. */
const AT_ONCE = 10;

/** A command whose judgement is on record. `member`: its part in a call that is made now. */
type Recorded = { id: string; waits: boolean; member?: Member };

/**
 * Records the decisions about the commands of a batch.
 *
 * @returns the commands for calls that are made now, oldest first, and the ids of those that wait no longer. A command that another
 * process works on is in neither.
 */
export async function recordJudgements<Body extends Record<string, unknown>>(
  judged: readonly JudgedTask[],
  batch: Batch<Body>,
): Promise<{ members: Member[]; decided: ReadonlySet<string> }> {
  const recorded: Recorded[] = [];
  for (let start = 0; start < judged.length; start += AT_ONCE) {
    const some = judged.slice(start, start + AT_ONCE);
    const all = await Promise.all(some.map((one) => recordOne(one, batch)));
    recorded.push(...all.filter((one) => one !== undefined));
  }
  return {
    members: recorded.flatMap(({ member }) => member ?? []),
    decided: new Set(recorded.flatMap(({ id, waits }) => (waits ? [] : [id]))),
  };
}

async function recordOne<Body extends Record<string, unknown>>(
  { task, judgement }: JudgedTask,
  { action, facts, services, invocation }: Batch<Body>,
): Promise<Recorded | undefined> {
  const recorded = await recordJudgement(judgement, services, invocation);
  if (!recorded.written) {
    // Another process or a person was faster. If the command has ended, the commands behind it must not wait for it.
    const { stored } = recorded;
    if (judgement.wait && stored && hasEnded(stored.state)) await leaveWaitList(stored, services);
    return undefined;
  }
  const known = facts.get(task.remediation.id) ?? [];
  await goOnWhereUnrepaired(known, services, invocation);
  const { allowed, stored } = recorded;
  const remediation = { ...task.remediation, judgements: stored.judgements };
  if (!mayUndoOthers(stored)) await releaseUnused(remediation, known, allowed, services);
  const [first] = allowed;
  const member = first && { ...task, remediation, targets: allowed.map(nameOf), terms: action.terms(first) };
  return { id: remediation.id, waits: judgement.wait !== undefined, ...(member && { member }) };
}

/** If the alerts of a command show that the last ladder of their rule did not repair the node, that ladder goes on. */
async function goOnWhereUnrepaired(
  facts: readonly Facts[],
  services: RemediationServices,
  invocation: Invocation,
): Promise<void> {
  for (const fact of facts) {
    const other = noRepeatAfterSuccess(fact, services.clock.now());
    if (!other || effectiveMode(services.rules, fact.remediation).mode === 'observe') continue;
    const last = await readDocument(services.store, remediationKind, remediationKey(other.remediation));
    if (!last) continue;
    const seen = { alerts: fact.remediation.alerts, seenAtMs: lastFiring(fact.alerts) };
    await escalateStillFiring(last, seen, services, invocation);
  }
}

/**
 * Releases the targets that a dead attempt still holds and this one does not need. Among them are nodes that are gone by now, and
 * nodes whose address another node has now.
 */
async function releaseUnused(
  remediation: Remediation,
  facts: readonly Facts[],
  allowed: readonly Facts[],
  services: RemediationServices,
): Promise<void> {
  const unused = facts
    .filter((fact) => !allowed.some(({ target }) => target === fact.target))
    .filter(({ holder }) => holder?.remediation === remediation.id);
  const known = facts.map(nameOf);
  const gone = Object.entries(remediation.outcomes)
    .filter(([name, { state }]) => state === 'running' && !known.includes(name))
    .map(([name]) => name);
  const otherwise = Object.values(remediation.resolved ?? {})
    .map(({ node }) => node)
    .filter((node) => !known.includes(node) && !isDone(remediation.outcomes[node]));
  const names = new Set([...unused.map(nameOf), ...gone, ...otherwise]);
  if (names.size > 0) await release(remediation, 'unused', services, { targets: [...names] });
}
