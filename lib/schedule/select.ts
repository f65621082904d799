import type { Invocation } from '#lib/handler/invocation';
import { readAllNodes } from '#lib/modelarts/reading/read';
import { inCommands } from '#lib/remediation/record/command-size';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { PoolRules, Schedule } from '#lib/rules/rules';
import { selects } from '#lib/rules/select-nodes';

/** Limit of the commands of one firing. */
const MAX_COMMANDS = 20;

/**
 * The nodes of a firing; the number of nodes that they were selected from, if they were; and the reason for doing nothing,
 * if there is one.
 */
export type Selection = {
  nodes: readonly string[];
  listed?: number;
  /** Unreadable entries of the list. They are not among the nodes. */
  unreadable?: number;
  /** `forPerson`: a person must act. */
  refusal?: { why: string; forPerson: boolean };
};

/** The nodes that a schedule names itself. None if it selects them, or is about a node pool. */
export function namedNodes(schedule: Schedule): readonly string[] {
  return 'nodes' in schedule && Array.isArray(schedule.nodes) ? schedule.nodes : [];
}

/**
 * Finds the nodes of a schedule: those that it names, or those that its selector matches now.
 *
 * @throws ModelArtsError if it must select nodes and cannot read the pool
 */
export async function selectNodes(
  schedule: Schedule,
  pool: PoolRules,
  { modelarts }: Pick<RemediationServices, 'modelarts'>,
  { deadlineMs, signal }: Pick<Invocation, 'deadlineMs' | 'signal'>,
): Promise<Selection> {
  if (!('nodes' in schedule) || Array.isArray(schedule.nodes)) return { nodes: namedNodes(schedule) };
  const { nodes: selector } = schedule;
  const { items, unreadable } = await readAllNodes(modelarts(pool), pool.id, { deadlineMs, signal });
  const nodes = items.filter((node) => selects(selector, node)).map(({ name }) => name);
  const refusal = refusalOf(nodes, { listed: items.length, unreadable: unreadable.length });
  return {
    nodes: refusal ? [] : nodes.toSorted(),
    listed: items.length,
    ...(unreadable.length > 0 && { unreadable: unreadable.length }),
    ...(refusal && { refusal }),
  };
}

function refusalOf(
  nodes: readonly string[],
  { listed, unreadable }: { listed: number; unreadable: number },
): Selection['refusal'] {
  if (nodes.length === 0 && listed + unreadable === 0) {
    const why = 'the API lists no node of the pool at all, so nothing could be selected: look at the pool';
    return { why, forPerson: true };
  }
  if (nodes.length === 0) {
    const why = `none of the ${listed} nodes of the pool is selected`;
    return unreadable === 0
      ? { why, forPerson: false }
      : { why: `${why}, and ${unreadable} more cannot be read: look at the pool`, forPerson: true };
  }
  if (inCommands(nodes).length <= MAX_COMMANDS) return undefined;
  const why = `it selects ${nodes.length} nodes, more than ${MAX_COMMANDS} commands have room for: split the schedule`;
  return { why, forPerson: true };
}
