import type { Invocation } from '#lib/handler/invocation';
import { keepSnapshots } from '#lib/ledger/snapshot/keep-snapshot';
import { createPoolReader, nodesOf } from '#lib/modelarts/reading/pool-reader';
import { inCommands } from '#lib/remediation/record/command-size';
import type { RemediationServices } from '#lib/remediation/record/services';
import type { PoolRules, Schedule } from '#lib/rules/rules';
import { selects } from '#lib/rules/select-nodes';

/** Limit of the commands of one firing. */
const MAX_COMMANDS = 20;

/**
 * The nodes of a firing. `listed`: the number of listed nodes, if a selector chose among them. `refusal`: the reason to do nothing, if
 * there is one.
 */
export type Selection = {
  nodes: readonly string[];
  listed?: number;
  /** Unreadable entries of the list. They are not among the nodes. */
  unreadable?: number;
  /** `forPerson`: a person must act. */
  refusal?: { why: string; forPerson: boolean };
};

/** The nodes that a schedule lists by name. None if it has a selector or a node pool. */
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
  services: Pick<RemediationServices, 'modelarts' | 'store' | 'rules' | 'clock'>,
  invocation: Pick<Invocation, 'deadlineMs' | 'signal' | 'log'>,
): Promise<Selection> {
  if (!('nodes' in schedule) || Array.isArray(schedule.nodes)) return { nodes: namedNodes(schedule) };
  const { nodes: selector } = schedule;
  const reader = createPoolReader(
    services.modelarts(pool),
    { pool: pool.id, keep: keepSnapshots(services) },
    invocation,
  );
  const { items, unreadable } = await nodesOf(reader);
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
    const why =
      'the API lists no node of the pool at all, so the schedule could select none: check the pool in the console';
    return { why, forPerson: true };
  }
  if (nodes.length === 0) {
    const why = `the schedule selects none of the ${listed} nodes of the pool`;
    return unreadable === 0
      ? { why, forPerson: false }
      : {
          why: `${why}, and ${unreadable} more cannot be read: check the pool in the console`,
          forPerson: true,
        };
  }
  if (inCommands(nodes).length <= MAX_COMMANDS) return undefined;
  const why = `the schedule selects ${nodes.length} nodes, too many for ${MAX_COMMANDS} commands: split it`;
  return { why, forPerson: true };
}
