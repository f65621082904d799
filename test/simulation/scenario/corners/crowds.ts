import { alertOf, happening, commandOf as personOf } from '../inputs/limits-inputs.ts';
import type { Input } from '../scenario.ts';
import { type Corner, commandOf, MINUTE_MS, poolOf, RESET, ruleOf, START_MS } from './corner.ts';

const CROWDED: Record<string, number> = {
  'killed-before': 0,
  'killed-after': 0,
  'suspended-for-good': 0,
  'delivered-twice': 25,
  undeleted: 4,
  slow: 12,
  stall: 12,
  'fails-after': 4,
  forgotten: 30,
  'dies-after-pool': 4,
  'dies-after-node': 4,
};

/** Every message comes twice at least, functions take their time, and there is room for few of those who ask. */
export const everythingTwice: Corner = (chance) => {
  const pool = poolOf('train-a', 6, {
    changes: (index) => ({
      labels: {
        'os.modelarts.node/cluster': 'cluster-train-a',
        ...(chance.happens(0.5, 'domains') && { 'os.modelarts.node/spod.id': `frame-${index % 3}` }),
      },
      staysBroken: chance.happens(0.3, `${index}/hopeless`),
    }),
  });
  const names = [...pool.nodes.keys()];
  const inputs: Input[] = names.flatMap((node, index): Input[] => {
    const key = `alert-${index + 1}`;
    const atMs = START_MS + MINUTE_MS + chance.between(0, 100, `${key}/at`) * 1000;
    return [
      happening(`${key}-break`, node, atMs - 1_000, 'breaks'),
      alertOf(chance, key, node, atMs, {
        alertname: 'CardLost',
        deliveries: 4,
        twice: true,
        resolves: chance.pick(
          ['never', { atMs: atMs + chance.between(5, 240, `${key}/ends`) * 1000 }],
          `${key}/end`,
        ),
      }),
    ];
  });
  for (let index = 1; index <= 3; index += 1) {
    const id = `command-${index}`;
    const nodes = chance.shuffle(names, `${id}/nodes`).slice(0, chance.between(1, 4, `${id}/many`));
    const atMs = START_MS + chance.between(30, 300, `${id}/at`) * 1000;
    inputs.push(personOf(id, nodes, atMs, { voice: chance.pick(['reset', 'migrate'], `${id}/voice`) }));
  }
  for (let index = 1; index <= 14; index += 1)
    inputs.push({
      kind: 'sweep',
      id: `sweep-${index}`,
      atMs: START_MS + chance.between(60, 16 * 60, `sweep-${index}/at`) * 1000,
      times: 3,
    });
  const verify = ', verify: { healthyFor: 1m, within: 4m }';
  const ladder = chance.pick(
    [`[ ${RESET} ]`, `[ ${RESET.replace(/ }$/, `${verify} }`)}, { notify: {} } ]`, `[ ${RESET}, ${RESET} ]`],
    'ladder',
  );
  const limits = chance.pick(
    [
      'budget: { maxUnavailable: 1, perDay: 100 }, storm: { nodes: 100 }, breaker: { failures: 2, pause: 2m }',
      'budget: { maxUnavailable: 2, perDay: 3 }, storm: { nodes: 3, within: 3m }, breaker: { failures: 3, pause: 2m }',
      'budget: { maxUnavailable: 100, perDay: 0 }, storm: { nodes: 100 }, breaker: { failures: 9, pause: 2m }',
      'budget: { maxUnavailable: 3, perDay: 100 }, storm: { nodes: 2, within: 2m }, breaker: { failures: 1, pause: 1m }',
    ],
    'limits',
  );
  return {
    lastsMs: 20 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: [
      'pools:',
      `  train-a: { id: ${pool.id}, ${limits} }`,
      '  spare: { id: pool-2f3d-6f5da086876d4cd084d36f8bd3346036, budget: { maxUnavailable: 100, perDay: 100 } }',
      'rules:',
      ...ruleOf('CardLost', ladder, ['cooldown: 2m', 'maxEvidenceAge: 20m']),
      'polling: { first: 10s, every: 15s }',
      'deadlines: { reset-nodes: 12m, migrate-nodes: 12m }',
      'notify:',
      '  - { kind: webhook, url: "http://chat.example.com/hooks/one", when: [failed, needs-human, deferred, running] }',
      '',
    ].join('\n'),
    often: { ...CROWDED, ...(chance.happens(0.5, 'sparse') && { 'odd-sparse': 150 }) },
    jobSeconds: [15, 60],
    queues: { batchSize: chance.pick([1, 5], 'batch'), batchingWindowMs: 200 },
    inputs,
  };
};

/** Commands for several nodes each come at the same moment, where there is room for some nodes of each, or of one. */
export const partialRoom: Corner = (chance) => {
  const pool = poolOf('train-a', 9);
  const names = [...pool.nodes.keys()];
  const inputs: Input[] = [];
  for (let round = 1; round <= 4; round += 1) {
    const atMs = START_MS + round * 3 * MINUTE_MS;
    for (let index = 0; index < 3; index += 1) {
      const id = `command-${round}-${index + 1}`;
      const nodes = names.slice(index * 3, index * 3 + 3);
      inputs.push(
        personOf(id, nodes, atMs + chance.between(0, 250, `${id}/at`), {
          voice: chance.pick(['reset', 'reset', 'migrate'], `${id}/voice`),
        }),
      );
    }
  }
  // A person takes back the rest of a command that has no room for some of its nodes.
  for (let index = 1; index <= 6; index += 1)
    inputs.push({
      kind: 'withdrawal',
      id: `withdrawal-${index}`,
      atMs: START_MS + chance.between(3 * 60, 15 * 60, `withdrawal-${index}/at`) * 1000,
      of: chance.pick(['waiting', 'any'] as const, `withdrawal-${index}/of`),
      thinksMs: chance.pick([0, 0, 5_000], `withdrawal-${index}/thinks`),
    });
  return {
    lastsMs: 18 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: [
      'pools:',
      `  train-a: { id: ${pool.id}, budget: { maxUnavailable: ${chance.pick(['2', '4', '5'], 'budget')}, perDay: 100 }, storm: { nodes: 100 }, breaker: { failures: 100, pause: 1m } }`,
      '  spare: { id: pool-2f3d-6f5da086876d4cd084d36f8bd3346036, budget: { maxUnavailable: 100, perDay: 100 } }',
      'rules: []',
      'polling: { first: 5s, every: 10s }',
      'deadlines: { reset-nodes: 12m, migrate-nodes: 12m }',
      '',
    ].join('\n'),
    often: { ...CROWDED, 'delivered-twice': 3 },
    jobSeconds: [5, 20],
    queues: { batchSize: 1, batchingWindowMs: 50 },
    inputs,
  };
};

/** Plans for several nodes that are approved while others have some of them in work, or have made a plan of their own. */
export const plansInCompany: Corner = (chance) => {
  const pool = poolOf('train-a', 5);
  const names = [...pool.nodes.keys()];
  const inputs: Input[] = [];
  for (let index = 1; index <= 4; index += 1) {
    const id = `plan-${index}`;
    const nodes = chance.shuffle(names, `${id}/nodes`).slice(0, chance.between(2, 4, `${id}/many`));
    inputs.push(
      commandOf(chance, id, START_MS + chance.between(0, 100, `${id}/at`) * 1000, {
        action: 'reset-nodes',
        nodes,
        parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: index } },
        mode: 'approve',
      }),
    );
  }
  for (let round = 1; round <= 8; round += 1) {
    const atMs = START_MS + 110_000 + round * 70_000;
    for (let index = 1; index <= 3; index += 1) {
      const id = `decision-${round}-${index}`;
      inputs.push({
        kind: 'decision',
        id,
        atMs: atMs + chance.between(0, chance.pick([5, 2_000], `${id}/near`), `${id}/at`),
        decision: 'approve',
        besides: chance.pick<readonly ('approve' | 'reject')[]>(
          [[], ['approve'], ['approve', 'reject']],
          `${id}/besides`,
        ),
      });
    }
    const node = chance.pick(names, `round-${round}/node`);
    inputs.push(
      personOf(`person-${round}`, [node], atMs + chance.between(-800, 800, `round-${round}/at`), {
        voice: 'reset',
      }),
    );
  }
  return {
    lastsMs: 18 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: [
      'pools:',
      `  train-a: { id: ${pool.id}, budget: { maxUnavailable: ${chance.pick(['2', '4', '100'], 'budget')}, perDay: 100 }, storm: { nodes: 100 }, breaker: { failures: 100, pause: 1m } }`,
      'rules: []',
      'polling: { first: 5s, every: 10s }',
      'deadlines: { reset-nodes: 12m }',
      '',
    ].join('\n'),
    often: { ...CROWDED, 'dies-after-pool': 0, 'dies-after-node': 0, 'delivered-twice': 6 },
    jobSeconds: [10, 40],
    queues: { batchSize: chance.pick([1, 5], 'batch'), batchingWindowMs: 100 },
    inputs,
  };
};
