import type { Input } from '../scenario.ts';
import { type Corner, MINUTE_MS, poolOf, rulesText, START_MS, STEADY } from './corner.ts';

const WORKS: readonly string[] = [
  'reset-nodes: { pool: train-a, nodes: [os-node-created-a0001, os-node-created-a0002], rollingConfig: { strategy: RollingByNumber, maxUnavailable: 1 } }',
  'reset-nodes: { pool: train-a, nodes: { name: "*-a*" }, rollingConfig: { strategy: RollingByNumber, maxUnavailable: 2 } }',
  'update-nodes: { pool: train-a, nodes: { name: "*-b*" }, action: openHaRedundant }',
  'update-nodes: { pool: train-a, nodes: { nodePool: np-1 }, action: createTags, tags: [ { key: Night, value: "yes" } ] }',
  'update-nodes: { pool: train-a, nodes: { flavor: "*" }, action: closeHaRedundant }',
  'update-node-pool: { pool: train-a, nodePool: np-1, resources: { count: 3, labels: { night: "yes" } } }',
  'update-node-pool: { pool: train-a, nodePool: np-1, resources: { maxCount: 5 } }',
  'update-node-pool: { pool: train-a, nodePool: np-1, resources: { count: 2, maxCount: 4 } }',
  'delete-node-pool: { pool: train-a, nodePool: np-2 }',
  'migrate-nodes: { pool: train-a, nodes: [os-node-created-a0003], toPoolName: spare, resourceSpec: { flavor: same } }',
];

/** Schedules for every action, over nodes that a list shows in part or not at all, and that are taken away while they wait. */
export const schedules: Corner = (chance) => {
  const pool = poolOf('train-a', chance.pick([3, 6], 'count'), {
    nodePools: ['np-1', 'np-2'],
    changes: (index) => (chance.happens(0.2, `${index}/busy`) ? { workload: `train-${index}` } : {}),
  });
  const minutes = [2, 4, 4, 7, 9, 12];
  const entries = minutes.map((minute, index) => {
    const key = `schedule-${index + 1}`;
    const more = chance.pick(
      ['', '', ', deadline: 5m', ', interruptWorkloads: true', ', within: 10m'],
      `${key}/more`,
    );
    const mode = chance.pick(['act', 'act', 'act', 'approve', 'observe'], `${key}/mode`);
    return `  - { name: ${key}, cron: "${minute} 10 * * ? *", mode: ${mode}${more}, ${chance.pick(WORKS, `${key}/work`)} }`;
  });
  const text = (kept: readonly string[]) => {
    const train = ', windows: [ { start: "8/10 10 * * ? *", length: 4m } ]';
    const more = kept.length > 0 ? ['schedules:', ...kept] : [];
    return rulesText([], { train: chance.happens(0.5, 'windows') ? train : '', more });
  };
  const inputs = minutes.flatMap((minute, index): Input[] => {
    const schedule = `schedule-${index + 1}`;
    const scheduledAtMs = START_MS + minute * MINUTE_MS;
    return Array.from({ length: chance.pick([1, 2], `${schedule}/times`) }, (_, turn): Input => {
      const id = `firing-${schedule}-${turn + 1}`;
      const lateMs = chance.pick([0, 300, 90_000], `${id}/late`);
      return { kind: 'firing', id, atMs: scheduledAtMs + lateMs, schedule, scheduledAtMs };
    });
  });
  const atMs = START_MS + chance.between(3, 14, 'rules/at') * MINUTE_MS;
  inputs.push({ kind: 'rules', id: 'rules', atMs, text: text(chance.shuffle(entries, 'kept').slice(0, 3)) });
  return {
    lastsMs: 26 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1)],
    rulesText: text(entries),
    often: {
      ...STEADY,
      'node-fails': 3,
      ...chance.pick<Record<string, number>>(
        [{}, { 'odd-empty': 900 }, { 'odd-unreadable-entry': 300 }, { 'odd-refused-403': 150 }],
        'odd',
      ),
    },
    jobSeconds: [20, 60],
    inputs,
  };
};
