import * as z from 'zod';
import type { Remediation } from '#lib/ledger/remediation';
import type { Rules } from '#lib/rules/rules';
import { deadlineOf } from './limits.ts';

const Rolling = z.looseObject({
  rollingConfig: z.looseObject({ strategy: z.string(), maxUnavailable: z.number().min(1) }),
});

/**
 * The number of turns of a request: a rolling reset works on `maxUnavailable` of its nodes at the same time, every other request on
 * all of them.
 *
 * The page does not say which number a percentage refers to. Here it refers to the nodes of the request, which gives more turns.
 *
 * Source: page Resetting Nodes, table 3.
 *
 * @param nodes how many nodes the request names
 */
export function turnsOf(request: Readonly<Record<string, unknown>>, nodes: number): number {
  const { data } = Rolling.safeParse(request);
  if (!data || nodes < 1) return 1;
  const { strategy, maxUnavailable } = data.rollingConfig;
  const share = strategy === 'RollingByPercent' ? (nodes * maxUnavailable) / 100 : maxUnavailable;
  return Math.ceil(nodes / Math.max(1, Math.floor(share)));
}

/**
 * How long a call may run before it goes to a person, in milliseconds: the longest deadline of its commands, for each of its turns.
 *
 * @param members the commands of the call, each with its targets.
 */
export function timeForCall(
  rules: Rules,
  request: Readonly<Record<string, unknown>>,
  members: readonly { remediation: Remediation; targets: readonly string[] }[],
): number {
  const nodes = members.reduce((sum, { targets }) => sum + targets.length, 0);
  const perTurn = Math.max(0, ...members.map(({ remediation }) => deadlineOf(rules, remediation)));
  return perTurn * turnsOf(request, nodes);
}
