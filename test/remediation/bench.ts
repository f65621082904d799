import type { ActionDefinition } from '#lib/actions/action';
import { migrateNodes } from '#lib/actions/migrate-nodes/definition';
import { resetNodes } from '#lib/actions/reset-nodes/definition';
import { updateNodes } from '#lib/actions/update-nodes/definition';
import type { ReceivedAlert } from '#lib/alerts/sources/source';
import type { FakeNode, FakePool } from '../fake-system/pool.ts';
import { type AnyAction, createFakeSystem, nodeName } from '../fake-system/system.ts';
import { rulesOf } from './rules-of.ts';

export { apiError } from '../fake-system/api-error.ts';
export { nodeName } from '../fake-system/system.ts';

export const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';

export const RULES = `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
rules:
  - name: card-lost
    when: { source: alertmanager, labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    cooldown: 6h
    ladder: [ { reset-nodes: {} } ]
  - name: watched
    when: { labels: { alertname: Watched } }
    node: { from: labels.instance }
    pool: train-a
    ladder: [ { reset-nodes: {} } ]
  - name: verified
    when: { labels: { alertname: Verified } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {}, verify: { healthyFor: 2m, within: 20m } } ]
polling: { first: 90s, every: 30s }
`;

/**
 * The whole of Poolkeeper's remediation code on a clock that is moved by hand, with a pool of 120 broken nodes that show no drivers.
 *
 * @param action the function to whose queue `command` sends. @default reset-nodes
 */
export function createBench<Body extends Record<string, unknown> = Record<string, never>>(
  rulesText = RULES,
  action?: ActionDefinition<Body>,
) {
  const rules = rulesOf(rulesText);
  const nodes = new Map<string, FakeNode>();
  for (let index = 1; index <= 120; index += 1) {
    const name = nodeName(index);
    const privateIp = `10.0.${Math.floor(index / 250)}.${index % 250}`;
    nodes.set(name, { name, phase: 'Abnormal', privateIp, createdAt: '2026-08-01T02:03:04Z' });
  }
  const pools = new Map<string, FakePool>([[POOL, { nodes, clusters: [] }]]);
  const usual: AnyAction[] = [resetNodes, migrateNodes, updateNodes];
  const own: AnyAction = action ?? resetNodes;
  const system = createFakeSystem(rules, pools, [
    own,
    ...usual.filter(({ action: name }) => name !== own.action),
  ]);
  return {
    ...system,
    rules,
    nodes,
    /** Names of the nodes that something works on, by the ledger. */
    leased: (): string[] =>
      system.store
        .documents()
        .filter(({ pk, sk }) => pk.startsWith('pool#') && sk === '-')
        .flatMap(({ value }) => Object.keys((value as any).held)),
  };
}

export function firing(
  node: string,
  more: Partial<ReceivedAlert> & { alertname?: string } = {},
): ReceivedAlert {
  const { alertname = 'CardLost', ...rest } = more;
  return {
    source: 'alertmanager',
    status: 'firing',
    labels: { alertname, instance: node },
    annotations: {},
    fingerprint: `fp-${alertname}-${node}`,
    startsAt: '2026-11-20T09:59:30.000Z',
    ...rest,
  };
}
