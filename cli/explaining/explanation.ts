import { traitsOf } from '#lib/actions/traits';
import { commandOfRung, modeOfRung } from '#lib/alerts/command-of-rung';
import { type Explanation, explain } from '#lib/alerts/explain';
import type { ReceivedAlert } from '#lib/alerts/sources/source';
import { targetText } from '#lib/alerts/target';
import { toCommand } from '#lib/alerts/to-command';
import { namedNode } from '#lib/modelarts/reading/named-node';
import { newRemediation } from '#lib/remediation/record/open';
import type { ActionRung, AlertRule, PoolRules, Rules } from '#lib/rules/rules';
import { explained } from './definitions.ts';
import { asPoolNode, type GuardAnswer, guardAnswers } from './guard-verdicts.ts';
import type { PoolState } from './pool-state.ts';

/** One rung, and its request. `body` has the parts that the file alone decides; `incomplete`: the call fills in more. */
export type ShownRung = {
  rung: number;
  action: string;
  mode: string;
  request?: { method: string; path: string; body: Record<string, unknown>; incomplete: boolean };
  verify?: ActionRung['verify'];
};

/** The node of the alert in the state of its pool. */
export type Sighting = { node?: string; why: string };

/** Everything that is known about one alert. `stateFrom`: where the state of the pool comes from. */
export type Explained = {
  explanation: Explanation;
  ladder: ShownRung[];
  guards: GuardAnswer[];
  sighting?: Sighting;
  stateFrom?: string;
};

/** Gives the state of a pool, if there is one. `node`: the node as the alert names it. */
export type StateOf = (pool: PoolRules, node: string) => Promise<PoolState | undefined>;

/** Explains one alert: the decision, the requests of its ladder, and the guards of the first rung on the state of the pool. */
export async function explainAlert(
  alert: ReceivedAlert,
  rules: Rules,
  stateOf: StateOf,
  now: number,
): Promise<Explained> {
  const explanation = explain(alert, rules);
  if (!('finding' in explanation)) return { explanation, ladder: [], guards: [] };
  const { finding } = explanation;
  const { rule, pool, target } = finding;
  const node = targetText(target);
  const state = await stateOf(pool, node);
  const sighting = state && sightingOf(node, state);
  const ladder = rule.ladder.map((_, index) => shownRung(rule, index, pool, sighting?.node ?? node));
  const { command, alerts } = toCommand([finding], new Date(now).toISOString());
  const opening = { command, alerts, ladder: { root: command.id, rung: 0 }, receipts: [] };
  const { remediation } = newRemediation(opening, now);
  return {
    explanation,
    ladder,
    guards: alert.status === 'resolved' ? [] : guardAnswers(remediation, { rules, pool }, state, now),
    ...(state && sighting && { sighting, stateFrom: state.origin }),
  };
}

function shownRung(rule: AlertRule, index: number, pool: PoolRules, node: string): ShownRung {
  const rung = rule.ladder[index] ?? { action: 'notify' as const };
  // A rung is never less cautious than those before it.
  const mode = rule.ladder.slice(0, index + 1).reduce((before, one) => modeOfRung(one, before), rule.mode);
  const shown = { rung: index + 1, action: rung.action, mode };
  if (rung.action === 'notify') return shown;
  return { ...shown, request: requestOf(rung, pool, node), ...(rung.verify && { verify: rung.verify }) };
}

function requestOf(rung: ActionRung, pool: PoolRules, node: string): NonNullable<ShownRung['request']> {
  const { endpoint } = traitsOf(rung.action);
  const command = commandOfRung(rung, [node], { pool: pool.id, mode: 'observe' });
  const path = endpoint.path
    .replaceAll('{project_id}', pool.project ?? '{project_id}')
    .replaceAll('{pool_name}', pool.id)
    .replaceAll('{nodepool_name}', 'nodePool' in rung ? rung.nodePool : `{node pool of ${node}}`);
  const { method } = endpoint;
  try {
    const body = explained[rung.action].body([node], command.parameters);
    return { method, path, body, incomplete: explained[rung.action].readsMore };
  } catch {
    return { method, path, body: command.parameters, incomplete: true };
  }
}

function sightingOf(target: string, { nodes, origin }: PoolState): Sighting {
  const { node, bearers, unaddressed } = namedNode(nodes.map(asPoolNode), target);
  if (bearers.length > 1)
    return { why: `${bearers.map(({ name }) => name).join(', ')} all have ${target}: a person must decide` };
  if (!node) return { why: `no node of ${origin} has the name, address or server id ${target}` };
  const by =
    node.name === target
      ? 'by its name'
      : `by ${node.privateIp === target ? 'its address' : 'the id of its server'} ${target}`;
  const doubt =
    unaddressed > 0 ? `; ${unaddressed} other nodes show no address, so the pool is read twice` : '';
  return {
    node: node.name,
    why: `${node.name}, found ${by}: ${node.phase === '' ? 'no phase is shown' : node.phase}${doubt}`,
  };
}
