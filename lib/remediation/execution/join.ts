import type { QueueRecord } from '#lib/handler/queue-record';
import { canonicalJson } from '#lib/hash';
import type { Remediation } from '#lib/ledger/remediation';

/** A command with the targets that its guards allow, and the messages that brought it. */
export type Member = {
  remediation: Remediation;
  targets: readonly string[];
  /** The request without its targets. */
  terms: Readonly<Record<string, unknown>>;
  records: readonly QueueRecord[];
};

/**
 * The most nodes in one call. The vendor states no limit for batch-reset. Fifty is its limit for a call of the same family
 * (batch-resize; docs/design/modelarts-api.md, section 4).
 */
export const MAX_NODES_PER_CALL = 50;

/**
 * Joins the commands of one pool and action with the same request into as few calls as possible. It splits no command, and keeps
 * the order: older commands come first. Commands for a node pool join only those for the same one.
 */
export function joinMembers(members: readonly Member[], maxNodes: number = MAX_NODES_PER_CALL): Member[][] {
  const alike = Map.groupBy(members, ({ remediation: { nodePool = null }, terms }) =>
    canonicalJson([nodePool, terms]),
  );
  return [...alike.values()].flatMap((group) => chunk(group, maxNodes));
}

function chunk(members: readonly Member[], maxNodes: number): Member[][] {
  const calls: Member[][] = [];
  let room = 0;
  for (const member of members) {
    if (member.targets.length > room) {
      calls.push([]);
      room = maxNodes;
    }
    calls.at(-1)?.push(member);
    room -= member.targets.length;
  }
  return calls;
}

/**
 * Splits a refused call in two, so that one wrong command stops no other: the commands whose nodes the refusal names, and the
 * others. If it names none or all, it halves the call. Undefined for a call of one command.
 */
export function splitMembers(members: readonly Member[], refusal: string): [Member[], Member[]] | undefined {
  if (members.length < 2) return undefined;
  const { named = [], others = [] } = Object.groupBy(members, ({ targets }) =>
    targets.some((target) => mentions(refusal, target)) ? 'named' : 'others',
  );
  if (named.length > 0 && others.length > 0) return [others, named];
  const half = Math.ceil(members.length / 2);
  return [members.slice(0, half), members.slice(half)];
}

/** Whether a text names a node: the whole name, not the beginning of a longer one. */
export function mentions(text: string, node: string): boolean {
  return new RegExp(`(?<![a-z0-9.-])${RegExp.escape(node)}(?![a-z0-9-])`, 'i').test(text);
}
