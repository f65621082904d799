import { commandText, standingOf } from '#lib/sentences/remediation';
import type { ReplayResult } from './run-replay.ts';
import { guardsWaitedFor, isCalled, isDestructive } from './summary.ts';

type Remediation = ReplayResult['remediations'][number];

/** The outcome for one alert of a node: `at` is its acceptance. */
export type NodeLine = { at: string; text: string; isDestructive: boolean };

/** A node for which two replays differ: the outcomes that only one of them has. */
export type NodeDifference = { node: string; only: readonly NodeLine[]; onlyAgainst: readonly NodeLine[] };

/** The nodes for which two results differ, in the order of their names. Times alone are no difference. */
export function differences(result: ReplayResult, against: ReplayResult): NodeDifference[] {
  const [ours, theirs] = [byNode(result), byNode(against)];
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  return names.flatMap((node) => {
    const [one, other] = [ours.get(node) ?? [], theirs.get(node) ?? []];
    const only = without(one, other);
    const onlyAgainst = without(other, one);
    return only.length + onlyAgainst.length > 0 ? [{ node, only, onlyAgainst }] : [];
  });
}

/** Whether the first of two replays wipes or takes out more: in all, or of any node. */
export function isMoreDestructive(result: ReplayResult, against: ReplayResult): boolean {
  const [ours, theirs] = [destructiveByNode(result), destructiveByNode(against)];
  return [...ours].some(([node, count]) => count > (theirs.get(node) ?? 0));
}

function destructiveByNode(result: ReplayResult): Map<string, number> {
  const lines = [...byNode(result)].map(
    ([node, all]) => [node, all.filter((line) => line.isDestructive).length] as const,
  );
  return new Map(lines);
}

function byNode({ remediations }: ReplayResult): Map<string, NodeLine[]> {
  const found = new Map<string, NodeLine[]>();
  for (const remediation of remediations) {
    const line = lineOf(remediation);
    const { nodes = [remediation.node ?? remediation.nodePool ?? 'a node pool'] } = remediation;
    for (const node of nodes) found.set(node, [...(found.get(node) ?? []), line]);
  }
  return found;
}

/** The outcome of a remediation in one line, without its rule: another name of a rule is no difference. */
export function lineOf(remediation: Remediation): NodeLine {
  const { createdAt, state, action, parameters, refusedBy } = remediation;
  const called = isCalled(remediation);
  const guards = state === 'skipped' ? refusedBy : called ? [] : guardsWaitedFor(remediation);
  const why = guards.length > 0 ? ` (${guards.join(', ')})` : '';
  return {
    at: createdAt,
    text: `${commandText(remediation)}: ${standingOf(state).text}${called && state !== 'succeeded' ? ', after a call' : ''}${why}`,
    isDestructive: called && isDestructive(action, parameters),
  };
}

/** The lines of one list that have no equal in the other. */
function without(lines: readonly NodeLine[], others: readonly NodeLine[]): NodeLine[] {
  const left = others.map(({ text }) => text);
  return lines.filter(({ text }) => {
    const index = left.indexOf(text);
    if (index === -1) return true;
    left.splice(index, 1);
    return false;
  });
}
