import type { Chance } from '#local/rehearsal/engine/chance';
import type { WorldNode, WorldPool } from '../../world/pool.ts';
import { SPARE, TRAIN } from '../inputs/limits-inputs.ts';
import type { CommandInput, Input, Scenario } from '../scenario.ts';

export const START_MS = Date.parse('2026-11-20T10:00:00Z');
export const MINUTE_MS = 60_000;
export const FLAVOR = 'modelarts.bm.npu.8';

/** A world that leads to a part of the code where the other worlds seldom come. */
export type Corner = (
  chance: Chance,
) => Pick<Scenario, 'pools' | 'rulesText' | 'inputs' | 'lastsMs'> &
  Partial<
    Pick<
      Scenario,
      'often' | 'jobSeconds' | 'queues' | 'restMs' | 'sweepEveryMs' | 'skewMs' | 'weather' | 'startMs'
    >
  >;

/** Nothing stands still or dies: what happens is the API's own doing. */
export const STEADY: Record<string, number> = {
  'killed-before': 0,
  'killed-after': 0,
  frozen: 0,
  stall: 0,
  'suspended-for-good': 0,
  suspended: 0,
  'unknown-phase': 0,
};

/** How the nodes of a pool differ from a well one of one flavor, by their numbers from 0. */
export type NodeChanges = (index: number) => Partial<WorldNode>;

/** A pool of well nodes in the given node pools, in turn. */
export function poolOf(
  name: 'train-a' | 'spare',
  count: number,
  {
    changes = () => ({}),
    nodePools = ['np-1'],
  }: { changes?: NodeChanges; nodePools?: readonly string[] } = {},
): WorldPool {
  const isTrain = name === 'train-a';
  const nodes = Array.from(
    { length: count },
    (_, index): WorldNode => ({
      name: `os-node-created-${isTrain ? 'a' : 's'}${String(index + 1).padStart(4, '0')}`,
      ip: `10.${isTrain ? 1 : 2}.0.${index + 1}`,
      phase: 'Available',
      labels: { 'os.modelarts.node/cluster': `cluster-${name}` },
      nodePool: nodePools[index % nodePools.length]!,
      flavor: FLAVOR,
      staysBroken: false,
      createdAtMs: START_MS - 40 * 24 * 60 * MINUTE_MS,
      ...changes(index),
    }),
  );
  return {
    name,
    id: isTrain ? TRAIN : SPARE,
    cluster: `cluster-${name}`,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    nodePools: new Map(
      nodePools.map((nodePool) => {
        const own = nodes.filter((node) => node.nodePool === nodePool).length;
        const resources = { nodePool, flavor: FLAVOR, count: own, maxCount: own, labels: {} };
        return [nodePool, { name: nodePool, resources }];
      }),
    ),
  };
}

/** Limits that nothing comes near. */
export const GENEROUS =
  'budget: { maxUnavailable: 100, perDay: 100 }, storm: { nodes: 100 }, breaker: { failures: 100, pause: 1m }';

/** A rules file: pools with generous limits, and what else is given, line by line. */
export function rulesText(
  rules: readonly string[],
  {
    train = '',
    spare = '',
    more = [],
    every = '20s',
  }: { train?: string; spare?: string; more?: readonly string[]; every?: string } = {},
): string {
  return [
    'pools:',
    `  train-a: { id: ${TRAIN}, ${GENEROUS}${train} }`,
    `  spare: { id: ${SPARE}, ${GENEROUS}${spare} }`,
    rules.length === 0 ? 'rules: []' : 'rules:',
    ...rules,
    `polling: { first: 10s, every: ${every} }`,
    'deadlines: { reset-nodes: 12m, migrate-nodes: 12m, update-nodes: 6m, update-node-pool: 8m, delete-node-pool: 8m }',
    'notify:',
    '  - { kind: webhook, url: "http://chat.example.com/hooks/one", when: [failed, needs-human, awaiting-approval] }',
    ...more,
    '',
  ].join('\n');
}

/** A rule for the alerts of one name, with further lines of its own. */
export function ruleOf(alertname: string, ladder: string, lines: readonly string[] = []): string[] {
  return [
    `  - name: ${alertname.toLowerCase()}`,
    `    when: { source: alertmanager, labels: { alertname: ${alertname} } }`,
    '    node: { from: labels.instance }',
    '    pool: train-a',
    ...(lines.some((line) => line.includes('mode:')) ? [] : ['    mode: act']),
    ...lines.map((line) => `    ${line}`),
    `    ladder: ${ladder}`,
  ];
}

export const RESET = '{ reset-nodes: { rollingConfig: { strategy: RollingByNumber, maxUnavailable: 2 } } }';

/** A command of a person, by a queue or by the console. */
export function commandOf(
  chance: Chance,
  id: string,
  atMs: number,
  content: Record<string, unknown> & { action: string },
): CommandInput {
  return {
    kind: 'command',
    id,
    atMs,
    via: chance.pick(['queue', 'console'] as const, `${id}/via`),
    action: content.action,
    body: { id, pool: 'train-a', mode: 'act', ...content },
  };
}

/** A person who checks waiting plans every so often, and approves one. */
export function approvals(chance: Chance, count: number, lastsMs: number, action?: string): Input[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `approval-${index + 1}`;
    return {
      kind: 'decision' as const,
      id,
      atMs: START_MS + chance.between(60_000, lastsMs, `${id}/at`),
      decision: chance.pick(['approve', 'approve', 'approve', 'reject'] as const, `${id}/what`),
      ...(action && { action }),
    };
  });
}
