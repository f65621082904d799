import { type Chance, createChance } from '#local/rehearsal/engine/chance';
import { approvals, commandOf, MINUTE_MS, poolOf, START_MS } from '../corners/corner.ts';
import { alertOf, happening, SPARE, TRAIN } from '../inputs/limits-inputs.ts';
import type { PlannedInput } from '../inputs/maintenance-inputs.ts';
import { withdrawalsOf } from '../inputs/withdrawals.ts';
import { maintenanceRules, momentAt } from '../maintenance-rules.ts';
import type { AlertEpisode, Input, NodeInput, Scenario } from '../scenario.ts';

const KINDS: readonly (readonly string[])[] = [
  ['SOFT', 'HARD'],
  ['SOFT', 'HARD'],
  ['SOFT'],
  ['SOFT'],
  ['HARD'],
  [],
];
const TYPES = ['node_redeploy', 'node_redeploy', 'system-maintenance', 'localdisk-recovery'];

/** How odd the API's readings are: not, here and there, or often about the planned events. */
const ODD: readonly Record<string, number>[] = [
  {},
  { 'odd-stale': 40, 'odd-error-in-200': 20, 'odd-short': 20, 'odd-empty': 20 },
  { 'odd-mistyped': 40, 'odd-sparse': 40, 'odd-double-entry': 30, 'odd-unreadable-entry': 30 },
  { 'odd-stale': 80, 'odd-null-items': 20, 'odd-refused-403': 20, 'odd-endless': 20 },
];

/** The vendor plans maintenance of nodes, which other people and alerts want, too. */
export function generateMaintenance(seed: number): Scenario {
  const chance = createChance(seed);
  const isPair = chance.happens(0.2, 'pair');
  const weather = isPair ? 1 : chance.pick([0, 0.3, 1, 1], 'weather');
  const lastsMs = chance.between(12, 45, 'lasts') * MINUTE_MS;
  const count = chance.pick([1, 3, 4, 6, 8], 'count');
  const hasDriver = chance.happens(0.4, 'driver');
  const pool = poolOf('train-a', count, {
    changes: (index) => ({
      ...(hasDriver && { driver: 'Running' }),
      ...(!isPair && chance.happens(0.1, `node/${index}/broken`) && { phase: 'Abnormal' }),
      ...(chance.happens(0.12, `node/${index}/busy`) && { workload: `train-${index}` }),
    }),
  });
  const names = [...pool.nodes.keys()];
  const inputs = isPair
    ? names.map((node, index) => announcementOf(chance, `planned-${index + 1}`, node, lastsMs))
    : [...announcementsOf(chance, names, lastsMs), ...othersOf(chance, names, lastsMs)];
  return {
    seed,
    startMs: START_MS,
    lastsMs,
    weather,
    skewMs: 0,
    ...(isPair && { isPair }),
    pools: [pool, poolOf('spare', 2)],
    rulesText: maintenanceRules(chance, isPair, 'first'),
    often: isPair ? { ...ODD[1], ...ODD[2] } : chance.pick(ODD, 'odd'),
    jobSeconds: [20, 150],
    inputs: [...inputs, ...readingsOf(chance, lastsMs)].toSorted(
      (a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1),
    ),
  };
}

function announcementOf(chance: Chance, id: string, node: string | undefined, lastsMs: number): PlannedInput {
  const atMs = START_MS + chance.between(0, lastsMs * 0.6, `${id}/at`);
  const ago = chance.pick([1_000, 60_000, 20 * MINUTE_MS], `${id}/ago`);
  const hiddenMs = atMs + chance.between(1, 20, `${id}/hidden/from`) * MINUTE_MS;
  const shown = chance.draw(`${id}/shown`);
  return {
    kind: 'planned',
    id,
    atMs,
    announces: {
      id: `ev-${id}`,
      pool: TRAIN,
      ...(node !== undefined && { node }),
      type: chance.pick(TYPES, `${id}/type`),
      redeployTypes: chance.pick(KINDS, `${id}/kinds`),
      publishedAtMs: atMs - ago,
      ...(shown < 0.15 && { isTwice: true }),
      ...(shown > 0.8 && {
        hidden: {
          fromMs: hiddenMs,
          untilMs: hiddenMs + chance.pick([3, 15, 10_000], `${id}/hidden/for`) * MINUTE_MS,
        },
      }),
    },
  };
}

/** Events of nodes, of no node, of a node that is in no pool, and of the other pool; and what the vendor decides about them. */
function announcementsOf(chance: Chance, names: readonly string[], lastsMs: number): Input[] {
  return Array.from({ length: chance.between(2, 5, 'events') }, (_, index): Input[] => {
    const id = `planned-${index + 1}`;
    const isOdd = chance.happens(0.12, `${id}/odd`);
    const odd = chance.pick([undefined, 'os-node-created-unknown'], `${id}/odd/node`);
    const announced = announcementOf(chance, id, isOdd ? odd : chance.pick(names, `${id}/node`), lastsMs);
    const isOfSpare = 'announces' in announced && chance.happens(0.08, `${id}/spare`);
    if (isOfSpare) Object.assign(announced.announces, { pool: SPARE, node: 'os-node-created-s0001' });
    const what = chance.pick([undefined, undefined, 'cancels', 'executes'] as const, `${id}/vendor`);
    if (!what) return [announced];
    const afterMs = chance.between(10, 30 * 60, `${id}/vendor/at`) * 1000;
    const atMs = Math.min(announced.atMs + afterMs, START_MS + lastsMs + 10 * MINUTE_MS);
    return [announced, { kind: 'planned', id: `${id}-vendor`, atMs, of: `ev-${id}`, happens: what }];
  }).flat();
}

/** Alerts about the same nodes, what happens to them, and people. */
function othersOf(chance: Chance, names: readonly string[], lastsMs: number): Input[] {
  const inputs: Input[] = [];
  const timeOf = (key: string) => START_MS + chance.between(0, lastsMs * 0.8, `${key}/at`);
  for (let index = 1; index <= chance.between(0, 2, 'alerts'); index += 1) {
    const key = `alert-${index}`;
    const node = chance.pick(names, `${key}/node`);
    const atMs = timeOf(key);
    const resolves = chance.pick<AlertEpisode['resolves']>([{ with: 'node' }, 'never'], `${key}/end`);
    inputs.push(
      happening(`${key}-break`, node, atMs - 3_000, 'breaks'),
      alertOf(chance, key, node, atMs, { alertname: 'CardLost', resolves }),
    );
  }
  for (let index = 1; index <= chance.between(0, 3, 'happenings'); index += 1) {
    const key = `node-${index}`;
    // An empty list proves nothing: for the only node of a pool with windows, a command of a person waits for nine days.
    const last = names.length > 1 ? 'is-removed' : 'is-checked';
    const happens = chance.pick<NodeInput['happens']>(
      ['breaks', 'recovers', 'is-checked', 'gets-workload', 'loses-workload', 'loses-workload', last],
      `${key}/what`,
    );
    inputs.push(happening(key, chance.pick(names, `${key}/node`), timeOf(key), happens));
  }
  if (chance.happens(0.15, 'rules')) {
    const text = maintenanceRules(chance, false, 'later');
    inputs.push({ kind: 'rules', id: 'rules', atMs: timeOf('rules'), text });
  }
  inputs.push(...acceptancesOf(chance, names, lastsMs));
  inputs.push(...approvals(chance, chance.between(1, 4, 'approvals'), lastsMs));
  if (chance.happens(0.3, 'release'))
    inputs.push({ kind: 'release', id: 'release', atMs: timeOf('release') });
  return [...inputs, ...withdrawalsOf(chance, { fromMs: START_MS, lastsMs }, 1)];
}

/** People authorize maintenance by a command: with or without the id of the event, at once, or for later. */
function acceptancesOf(chance: Chance, names: readonly string[], lastsMs: number): Input[] {
  return Array.from({ length: chance.pick([0, 0, 1, 2], 'acceptances') }, (_, index) => {
    const id = `acceptance-${index + 1}`;
    const atMs = START_MS + chance.between(0, lastsMs * 0.8, `${id}/at`);
    const event = chance.between(1, 4, `${id}/event`);
    const minutes = chance.pick([undefined, undefined, -20, 20, 60], `${id}/later`);
    const type = chance.pick(['SOFT', 'SOFT', 'HARD'], `${id}/type`);
    return commandOf(chance, id, atMs, {
      action: 'accept-event',
      nodes: [chance.pick(names, `${id}/node`)],
      parameters: {
        redeployConfig: { type },
        ...(chance.happens(0.6, `${id}/named`) && { eventId: `ev-planned-${event}` }),
        ...(minutes !== undefined && { notBefore: momentAt(minutes) }),
      },
    });
  });
}

/** The clock of the function goes on after nothing goes wrong any more. */
function readingsOf(chance: Chance, lastsMs: number): Input[] {
  const everyMs = chance.pick([2, 4, 7], 'readings/every') * MINUTE_MS;
  const inputs: Input[] = [];
  for (let atMs = START_MS + 30_000; atMs < START_MS + lastsMs + 20 * MINUTE_MS; atMs += everyMs) {
    const id = `reading-${inputs.length + 1}`;
    inputs.push({ kind: 'read-planned', id, atMs, times: chance.happens(0.1, `${id}/twice`) ? 2 : 1 });
  }
  return inputs;
}
