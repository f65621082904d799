import type { Chance } from '#local/rehearsal/engine/chance';
import { alertOf, happening } from '../inputs/limits-inputs.ts';
import type { Input, KnockInput } from '../scenario.ts';
import {
  approvals,
  type Corner,
  commandOf,
  MINUTE_MS,
  poolOf,
  RESET,
  ruleOf,
  rulesText,
  START_MS,
  STEADY,
} from './corner.ts';

/** Far ahead of any clock that is only wrong. */
const AHEAD = '2026-11-20T18:00:00Z';
const ROLLING = { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 } };
const RESET_ONE = {
  action: 'reset-nodes',
  pool: 'train-a',
  nodes: ['os-node-created-a0001'],
  parameters: ROLLING,
};
const MOVE_ONE = {
  action: 'migrate-nodes',
  pool: 'train-a',
  nodes: ['os-node-created-a0001'],
  parameters: { toPoolName: 'nowhere', resourceSpec: { flavor: 'same' } },
};

const COMMANDS: readonly Record<string, unknown>[] = [{ ...RESET_ONE, evidenceAt: AHEAD }, MOVE_ONE];

/** Requests for things that the console does not have, or does not do. */
const KNOCKS: readonly Pick<KnockInput, 'door' | 'request' | 'expects'>[] = [
  ...COMMANDS.map((body) => ({
    door: 'console' as const,
    request: { route: 'POST /commands', body },
    expects: 400,
  })),
  { door: 'console', request: { route: 'GET /events', query: { pool: 'nowhere' } }, expects: 404 },
  {
    door: 'console',
    request: { route: 'GET /events', query: { pool: 'train-a', limit: '1' } },
    expects: 200,
  },
  {
    door: 'console',
    request: { route: 'POST /remediations/{id}/release', path: { id: '?waiting' }, body: {} },
    expects: 409,
  },
  {
    door: 'console',
    request: {
      route: 'POST /remediations/{id}/reject',
      path: { id: '?waiting' },
      body: { hash: 'f'.repeat(32) },
    },
    expects: 409,
  },
];

/** Messages on queues that no function can process, or that name things that are not there. */
const POISON: readonly [queue: string, body: unknown][] = [
  ['notify', 'not json'],
  ['notify', { kind: 'remediation', id: 'none', state: 'failed', since: '2026-11-20T10:00:00.000Z' }],
  ['notify', { kind: 'incident', pool: 'nowhere' }],
  ['notify', { id: 5 }],
  ['reset-nodes', { id: 'ahead', ...RESET_ONE, evidenceAt: AHEAD }],
  ['migrate-nodes', { id: 'nowhere', ...MOVE_ONE }],
  ['poll-jobs', { callId: 'none', look: 0, dueAt: '2026-11-20T10:00:00.000Z' }],
  ['enforce-tag-policy', { name: 'x', scope: { pool: 'nowhere' }, policy: { tags: {} } }],
];

/** People and programs who ask for what is not there, and alerts that say too little, or far too much. */
export const strangers: Corner = (chance) => {
  const pool = poolOf('train-a', 3);
  const names = [...pool.nodes.keys()];
  const timeOf = (key: string) => START_MS + chance.between(10, 14 * 60, `${key}/at`) * 1000;
  const inputs: Input[] = KNOCKS.map((knock, index) => {
    const id = `knock-${index + 1}`;
    return { kind: 'knock', id, atMs: timeOf(id), ...knock };
  });
  POISON.forEach(([queue, body], index) => {
    const id = `poison-${index + 1}`;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    inputs.push({ kind: 'poison', id, atMs: timeOf(id), queue, body: text });
  });
  names.forEach((node, index) => inputs.push(...told(chance, `alert-${index + 1}`, node)));
  // The alert says which pool it is about: none, one that is not there, or one of another rule.
  for (const [index, place] of [undefined, 'nowhere', 'spare', 'train-a'].entries()) {
    const id = `placed-${index + 1}`;
    const labels = place === undefined ? {} : { place };
    inputs.push(alertOf(chance, id, names[0]!, timeOf(id), { alertname: 'Placed', labels, deliveries: 2 }));
  }
  inputs.push(
    commandOf(chance, 'plan', START_MS + 20_000, { ...RESET_ONE, mode: 'approve' }),
    ...approvals(chance, 2, 12 * MINUTE_MS),
  );
  return {
    lastsMs: 18 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: rulesText([
      ...ruleOf('CardLost', `[ ${RESET} ]`, [`mode: ${chance.pick(['act', 'approve'], 'mode')}`]),
      ...ruleOf('Placed', `[ ${RESET} ]`).map((line) =>
        line.replace('pool: train-a', 'pool: { from: labels.place, of: [train-a] }'),
      ),
    ]),
    often: { ...STEADY, 'delivered-twice': 4 },
    jobSeconds: [20, 80],
    inputs,
  };
};

/** An alert of a sender that does not say when it began, has a clock of its own, or keeps company with others. */
function told(chance: Chance, key: string, node: string): Input[] {
  const atMs = START_MS + chance.between(10, 300, `${key}/at`) * 1000;
  const sender = chance.pick(
    [
      { company: 'half-bad' },
      { company: 'half-bad', secondLateMs: 20_000 },
      { clockMs: 10 * MINUTE_MS, resolvesAsNow: true },
      { clockMs: 3 * MINUTE_MS, secondLateMs: 50_000 },
    ] as const,
    `${key}/sender`,
  );
  return [
    happening(`${key}-break`, node, atMs - 1_000, 'breaks'),
    alertOf(chance, key, node, atMs, {
      alertname: 'CardLost',
      sender,
      labels: { summary: chance.pick(['short', 'long '.repeat(60)], `${key}/summary`) },
      repeatMs: 60_000,
      deliveries: 5,
      resolves: chance.pick(['never', { with: 'node' }, { atMs: atMs + 150_000 }], `${key}/ends`),
    }),
  ];
}

/** One alert that begins anew more often than the ledger keeps, while the plan of the first waits; another has hundreds beside it. */
export const restless: Corner = (chance) => {
  const pool = poolOf('train-a', 2);
  const [first = '', second = ''] = pool.nodes.keys();
  const everyMs = 20_000;
  const inputs: Input[] = Array.from({ length: 24 }, (_, index) => {
    const atMs = START_MS + 10_000 + index * everyMs;
    return alertOf(chance, `alert-${index + 1}`, first, atMs, {
      alertname: 'CardLost',
      fingerprint: 'fp-restless',
      startsAtMs: atMs,
      deliveries: 1,
      twice: false,
      resolves: { atMs: atMs + everyMs / 2 },
    });
  });
  const atMs = START_MS + 60_000;
  const besides = Array.from({ length: 204 }, (_, index) => ({
    fingerprint: `fp-${index}`,
    startsAtMs: atMs - 400_000 + index * 1000,
    // A command remembers only the newest. The oldest resolve before the others.
    ...(index < 200 && { resolvesAtMs: atMs + 100_000 }),
  }));
  inputs.push(
    alertOf(chance, 'crowd', second, atMs, {
      alertname: 'LinkDown',
      repeatMs: 70_000,
      deliveries: 5,
      twice: false,
      besides,
      sender: { secondLateMs: 60_000 },
      resolves: 'never',
    }),
  );
  return {
    lastsMs: 12 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: rulesText([
      ...ruleOf('CardLost', `[ ${RESET} ]`, ['mode: approve', 'cooldown: 0s']),
      ...ruleOf('LinkDown', `[ ${RESET} ]`, ['mode: observe']),
    ]),
    often: STEADY,
    jobSeconds: [20, 40],
    inputs: [
      ...inputs,
      ...approvals(chance, 3, 11 * MINUTE_MS),
      // The plan of the first, when the ledger has forgotten its alert.
      ...approvals(chance, 6, MINUTE_MS).map((one) => ({
        ...one,
        id: `late-${one.id}`,
        atMs: one.atMs + 9 * MINUTE_MS,
      })),
    ],
  };
};
