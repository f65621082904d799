import type { Chance } from '#local/rehearsal/engine/chance';
import type { WorldPool } from '../../world/pool.ts';
import type { CommandInput, DecisionInput, Input, NodeInput, Scenario } from '../scenario.ts';
import { HOUR_MS, MINUTE_MS, poolOf, SPARE, START_MS, TRAIN } from './consent-place.ts';

const SUPERNODE = 'os.modelarts.node/batch.uid';
const ACTIONS = ['reset-nodes', 'reset-nodes', 'reset-nodes', 'migrate-nodes', 'delete-node-pool'] as const;

/** Plans that wait for a person, where there is room for a part of them, and people who make mistakes. */
export function plansOf(
  chance: Chance,
  flavour: 'plans' | 'late plans' | 'crowded plans',
): Partial<Scenario> {
  const isLate = flavour === 'late plans';
  if (flavour === 'crowded plans') return crowdOf(chance);
  const count = chance.pick([4, 5, 6], 'count');
  const hasSupernode = chance.happens(0.5, 'supernode');
  const pool = poolOf(chance, 'train-a', count, (index) =>
    hasSupernode && index >= count - 2 ? { [SUPERNODE]: 'supernode-1' } : {},
  );
  const lastsMs = isLate ? 25 * HOUR_MS : 14 * MINUTE_MS;
  return {
    lastsMs,
    pools: [pool, poolOf(chance, 'spare', 1)],
    rulesText: rulesText(chance),
    jobSeconds: [2, 40],
    // A job that never ends keeps its nodes for a day, and this is a longer one.
    ...(isLate && { sweepEveryMs: 5 * HOUR_MS, often: { 'suspended-for-good': 0 } }),
    inputs: [
      ...commandsOf(chance, pool, isLate),
      ...(isLate ? lateDecisions(chance) : decisionsOf(chance)),
      ...happeningsOf(chance, pool, isLate),
    ],
  };
}

/** Plans for different nodes, all approved at the same moment: each has room, and all of them have not. */
function crowdOf(chance: Chance): Partial<Scenario> {
  const pool = poolOf(chance, 'train-a', 8);
  for (const node of pool.nodes.values())
    Object.assign(node, { phase: 'Available', ...(node.driver && { driver: 'Running' }) });
  const names = [...pool.nodes.keys()];
  const hasShared = chance.happens(0.5, 'shared');
  const inputs: Input[] = [];
  for (let index = 1; index <= 4; index += 1) {
    const key = `command-${index}`;
    const isMoved = chance.happens(0.4, `${key}/moved`);
    const parameters = isMoved
      ? { toPoolName: 'spare', resourceSpec: { flavor: 'modelarts.bm.npu.8' } }
      : { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: index } };
    const action = isMoved ? 'migrate-nodes' : 'reset-nodes';
    // Some share a node with the one before.
    const isShared = index > 1 && hasShared && chance.happens(0.6, `${key}/shared`);
    const nodes = names.slice((index - 1) * 2 - (isShared ? 1 : 0), index * 2);
    inputs.push({
      kind: 'command',
      id: key,
      atMs: START_MS + chance.between(0, 20_000, `${key}/at`),
      via: 'console',
      action,
      body: { id: key, action, pool: 'train-a', nodes, parameters, mode: 'approve' },
    });
  }
  for (let round = 1; round <= 3; round += 1) {
    const atMs = START_MS + round * 100_000;
    for (let index = 1; index <= 9; index += 1) {
      const id = `decision-${round}-${index}`;
      const lateMs = chance.between(0, 4_000, `${id}/at`);
      inputs.push({
        kind: 'decision',
        id,
        atMs: atMs + lateMs,
        decision: 'approve',
        ...deciderOf(chance, id),
      });
    }
  }
  return {
    lastsMs: 9 * MINUTE_MS,
    pools: [pool, poolOf(chance, 'spare', 1)],
    rulesText: rulesText(chance, hasShared ? ['8'] : ['2', '3', '3']),
    jobSeconds: [2, 40],
    often: { slow: 8, stall: 30, 'delivered-twice': 2 },
    inputs,
  };
}

function rulesText(chance: Chance, budgets = ['2', '3', '3', '4', '100%']): string {
  const unavailable = chance.pick(budgets, 'unavailable');
  const day = chance.pick(['4', '6', '100'], 'day');
  const limits = `budget: { maxUnavailable: ${unavailable}, perDay: ${day} }, storm: { nodes: 100 }, breaker: { failures: 100, pause: 1m }`;
  return [
    'pools:',
    `  train-a: { id: ${TRAIN}, ${limits} }`,
    `  spare: { id: ${SPARE}, budget: { maxUnavailable: 100%, perDay: 100% } }`,
    'rules:',
    '  - name: card-lost',
    '    when: { source: alertmanager, labels: { alertname: CardLost } }',
    '    node: { from: labels.instance }',
    '    pool: train-a',
    '    mode: approve',
    `    cooldown: ${chance.pick(['0s', '2m', '1h'], 'cooldown')}`,
    '    ladder: [ { reset-nodes: { rollingConfig: { strategy: RollingByNumber, maxUnavailable: 1 } } } ]',
    'polling: { first: 5s, every: 10s }',
    'deadlines: { reset-nodes: 10m, migrate-nodes: 10m, delete-node-pool: 12m }',
    'notify:',
    '  - { kind: webhook, url: "http://chat.example.com/hooks/one", when: [awaiting-approval, needs-human] }',
    `approvals: { by: ${chance.pick(['anyone', 'anyone', 'another'], 'approvals')} }`,
    '',
  ].join('\n');
}

function commandsOf(chance: Chance, pool: WorldPool, isLate: boolean): Input[] {
  const names = [...pool.nodes.keys()];
  const inputs: Input[] = [];
  for (let index = 1; index <= chance.between(2, isLate ? 3 : 5, 'commands'); index += 1) {
    const key = `command-${index}`;
    const atMs = START_MS + chance.between(0, (isLate ? 10 : 5) * MINUTE_MS, `${key}/at`);
    const action = chance.pick(ACTIONS, `${key}/action`);
    const input = commandOf(chance, key, { action, atMs, names });
    inputs.push(input);
    // Another person takes the same id, for something else.
    if (!chance.happens(0.2, `${key}/other`)) continue;
    const other = commandOf(chance, `${key}-other`, { action: 'reset-nodes', atMs: atMs + 60_000, names });
    inputs.push({ ...other, via: 'console', body: { ...other.body, id: key } });
  }
  if (chance.happens(0.5, 'alert')) {
    const atMs = START_MS + chance.between(0, 5 * MINUTE_MS, 'alert/at');
    inputs.push({
      kind: 'alert',
      id: 'alert',
      atMs,
      pool: TRAIN,
      node: chance.pick(names, 'alert/node'),
      alertname: 'CardLost',
      byAddress: false,
      fingerprint: 'fp-alert',
      startsAtMs: atMs - 5_000,
      repeatMs: 120_000,
      deliveries: 2,
      resolves: chance.pick(['never', { atMs: atMs + 5 * MINUTE_MS }] as const, 'alert/resolves'),
      twice: false,
    });
  }
  return inputs;
}

function commandOf(
  chance: Chance,
  id: string,
  { action, atMs, names }: { action: string; atMs: number; names: readonly string[] },
): CommandInput {
  const many = chance.between(1, 3, `${id}/many`);
  const some = chance.shuffle(names, `${id}/nodes`).slice(0, many);
  const isWhole = chance.happens(0.6, `${id}/whole`);
  const content: Record<string, () => Record<string, unknown>> = {
    'reset-nodes': () => ({
      nodes: some,
      parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: many } },
    }),
    'migrate-nodes': () => ({
      nodes: isWhole ? names.slice(-2) : some,
      parameters: {
        toPoolName: 'spare',
        resourceSpec: { flavor: 'modelarts.bm.npu.8', creatingStep: { type: 'hyperinstance', step: 2 } },
      },
    }),
    'delete-node-pool': () => ({ nodePool: chance.pick(['np-1', 'np-2'], `${id}/node-pool`) }),
  };
  const mode = chance.pick(['approve', 'approve', 'approve', 'act'] as const, `${id}/mode`);
  return {
    kind: 'command',
    id,
    atMs,
    via: chance.pick(['queue', 'console'] as const, `${id}/via`),
    action,
    body: {
      id,
      action,
      pool: 'train-a',
      ...content[action]!(),
      mode,
      // A command without evidence may wait for a slot.
      ...(chance.happens(0.4, `${id}/evidence`) && { evidenceAt: new Date(atMs - 20_000).toISOString() }),
    },
  };
}

function decisionsOf(chance: Chance): Input[] {
  const inputs: Input[] = [];
  for (let round = 1; round <= chance.between(2, 4, 'rounds'); round += 1) {
    // Several decide at the same moment: their plans meet at the same places.
    const atMs = START_MS + chance.between(30_000, 11 * MINUTE_MS, `round-${round}/at`);
    for (let index = 1; index <= chance.between(1, 4, `round-${round}/many`); index += 1) {
      const key = `decision-${round}-${index}`;
      inputs.push(decisionOf(chance, key, atMs + chance.between(0, 2_500, `${key}/at`)));
    }
  }
  return inputs;
}

function decisionOf(chance: Chance, id: string, atMs: number): DecisionInput {
  const mistakes = chance.pick(
    [undefined, undefined, undefined, 'an earlier plan', 'another remediation'] as const,
    `${id}/mistakes`,
  );
  return {
    kind: 'decision',
    id,
    atMs,
    decision: chance.pick(
      ['approve', 'approve', 'approve', 'approve', 'approve', 'reject', 'approve-wrong-hash'] as const,
      `${id}/what`,
    ),
    thinksMs: chance.pick([0, 0, 0, 3_000, 90_000], `${id}/thinks`),
    ...(mistakes && { mistakes }),
    ...deciderOf(chance, id),
    besides: chance.pick<readonly ('approve' | 'reject')[]>(
      [[], [], [], ['approve'], ['reject'], ['approve', 'reject']],
      `${id}/besides`,
    ),
  };
}

/** Who decides. Where another person has to, the operator tries, too. */
function deciderOf(chance: Chance, id: string): Pick<DecisionInput, 'as'> {
  return chance.happens(0.5, `${id}/as`) ? { as: 'chief' } : {};
}

/** Shortly before a day is over, and shortly after it. */
function lateDecisions(chance: Chance): Input[] {
  return Array.from({ length: chance.between(2, 5, 'decisions') }, (_, index): Input => {
    const key = `decision-${index + 1}`;
    const afterMs = chance.pick(
      [
        24 * HOUR_MS - chance.between(0, 20, `${key}/before`) * MINUTE_MS,
        24 * HOUR_MS + chance.between(0, 40, `${key}/after`) * MINUTE_MS,
      ],
      `${key}/when`,
    );
    return { ...decisionOf(chance, key, START_MS + afterMs), thinksMs: 0 };
  });
}

function happeningsOf(chance: Chance, pool: WorldPool, isLate: boolean): NodeInput[] {
  const names = [...pool.nodes.keys()];
  return Array.from({ length: chance.between(0, 5, 'happenings') }, (_, index): NodeInput => {
    const key = `node-${index + 1}`;
    return {
      kind: 'node',
      id: key,
      atMs: START_MS + chance.between(0, (isLate ? 24 * 60 : 11) * MINUTE_MS, `${key}/at`),
      pool: TRAIN,
      node: chance.pick(names, `${key}/node`),
      happens: chance.pick(
        [
          'breaks',
          'breaks',
          'recovers',
          'recovers',
          'gets-workload',
          'loses-workload',
          'is-removed',
        ] as const,
        `${key}/what`,
      ),
    };
  });
}
