import { type Chance, createChance } from '#local/rehearsal/engine/chance';
import type { WorldNode, WorldPool } from '../../world/pool.ts';
import type { SenderHabits } from '../actors/sender-habits.ts';
import { alertOf, commandOf, happening, SPARE, TRAIN } from '../inputs/limits-inputs.ts';
import type { AlertEpisode, Input, NodeInput, Scenario } from '../scenario.ts';
import { UNTIDY_ALERTS, untidyRules } from '../untidy-rules.ts';
import { type UntidyFlavour, untidyFlavour } from './untidy-flavours.ts';

const START_MS = Date.parse('2026-11-20T10:00:00Z');
const MINUTE_MS = 60_000;

/** A world whose API gives odd answers, and whose functions and queues seldom fail besides. */
export function generateUntidy(seed: number): Scenario {
  const chance = createChance(seed);
  const isPair = chance.happens(0.4, 'pair');
  const flavour = untidyFlavour(chance);
  const weather = chance.pick([0.1, 0.1, 0.1, 1], 'weather');
  const often = Object.fromEntries(
    Object.entries(flavour.often).map(([mishap, times]) => [mishap, times / weather]),
  );
  const pools = [poolOf(chance, 'train-a', TRAIN, 1), poolOf(chance, 'spare', SPARE, 2)];
  const lastsMs = chance.between(10, 40, 'lasts') * MINUTE_MS;
  return {
    seed,
    startMs: START_MS,
    lastsMs,
    weather,
    often,
    skewMs: chance.pick([0, 0, -60_000, 60_000], 'skew'),
    pools,
    ...(isPair && { isPair }),
    ...(chance.happens(0.7, 'settles') && { settlesMs: chance.pick([40, 90], 'settles/ms') * MINUTE_MS }),
    rulesText: untidyRules(chance, isPair),
    jobSeconds: [20, 120],
    inputs: inputsOf(chance, pools[0]!, { lastsMs, isPair, sender: flavour.sender }).sort(
      (a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1),
    ),
  };
}

function poolOf(chance: Chance, name: string, id: string, number: number): WorldPool {
  const count = chance.pick(name === 'spare' ? [1, 2] : [1, 2, 3, 4, 6, 10], `${name}/count`);
  const hasDriver = chance.happens(0.5, `${name}/driver`);
  const hopeless = chance.pick([0.05, 0.1, 0.5], `${name}/hopeless`);
  // A distributed job runs on several nodes at once.
  const workload = {
    from: chance.between(0, count, `${name}/job/from`),
    to: chance.between(0, count, `${name}/job/to`),
  };
  const nodes = Array.from({ length: count }, (_, index): WorldNode => {
    const key = `${name}/${index}`;
    return {
      name: `os-node-created-${name === 'train-a' ? 'a' : 's'}${String(index + 1).padStart(4, '0')}`,
      ip: `10.${number}.0.${index + 1}`,
      phase: 'Available',
      ...(hasDriver && { driver: 'Running' }),
      labels: { 'os.modelarts.node/cluster': `cluster-${name}` },
      nodePool: 'np-1',
      flavor: 'modelarts.bm.npu.8',
      createdAtMs: START_MS - 24 * 60 * MINUTE_MS,
      ...(index >= workload.from && index < workload.to && { workload: 'train-distributed' }),
      staysBroken: chance.happens(hopeless, `${key}/stays-broken`),
    };
  });
  return {
    name,
    id,
    cluster: `cluster-${name}`,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    nodePools: new Map([
      ['np-1', { name: 'np-1', resources: { flavor: 'modelarts.bm.npu.8', count, maxCount: count } }],
    ]),
  };
}

/** A pair has nothing in it that one call could give another the reason for: one rule for a node, and no limit that is ever reached. */
function inputsOf(
  chance: Chance,
  pool: WorldPool,
  { lastsMs, isPair, sender }: { lastsMs: number; isPair: boolean; sender: UntidyFlavour['sender'] },
): Input[] {
  const names = [...pool.nodes.keys()];
  const timeOf = (key: string) => START_MS + chance.between(0, lastsMs * 0.6, `${key}/at`);
  const inputs: Input[] = [];
  for (let index = 1; index <= chance.between(1, 5, 'alerts'); index += 1) {
    const key = `alert-${index}`;
    const busy = names.filter((name) => pool.nodes.get(name)?.workload !== undefined);
    const likely = busy.length > 0 && chance.happens(0.4, `${key}/busy`) ? busy : names;
    const node = isPair ? names[index - 1] : chance.pick(likely, `${key}/node`);
    if (node === undefined) break;
    const atMs = timeOf(key);
    const habits = sender?.(chance, key, atMs) ?? {};
    if (chance.happens(0.85, `${key}/breaks`))
      inputs.push(
        happening(`${key}-break`, node, atMs - chance.between(0, 20, `${key}/before`) * 1000, 'breaks'),
      );
    inputs.push(
      alertOf(chance, key, node, atMs, {
        alertname: chance.pick(UNTIDY_ALERTS, `${key}/name`),
        byAddress: chance.happens(0.5, `${key}/address`),
        startsAtMs: atMs - chance.pick([5_000, 30_000, 5 * MINUTE_MS], `${key}/ago`),
        ...(Object.keys(habits).length > 0 && { sender: isPair ? pairable(habits) : habits }),
        repeatMs: chance.pick([60_000, 240_000], `${key}/repeat`),
        deliveries: chance.pick([3, 10, 40], `${key}/deliveries`),
        resolves: chance.pick<AlertEpisode['resolves']>(
          [
            { with: 'node' },
            { with: 'node' },
            { atMs: atMs + chance.between(1, 900, `${key}/ends`) * 1000 },
            'never',
          ],
          `${key}/end`,
        ),
      }),
    );
  }
  for (let index = 1; index <= (isPair ? 0 : chance.pick([0, 0, 1, 2], 'commands')); index += 1) {
    const key = `command-${index}`;
    inputs.push(
      commandOf(key, [chance.pick(names, `${key}/node`)], timeOf(key), {
        voice: chance.pick(['reset', 'reset', 'migrate'] as const, `${key}/voice`),
        hasEvidence: chance.happens(0.7, `${key}/evidence`),
      }),
    );
  }
  if (chance.happens(0.15, 'spoils'))
    inputs.push({
      kind: 'spoil',
      id: 'spoil',
      atMs: timeOf('spoil'),
      prefix: chance.pick(['alert#', 'history#', 'node#', 'failure#', 'receipt#'], 'spoil/what'),
    });
  for (let index = 1; index <= chance.between(0, 4, 'happenings'); index += 1) {
    const key = `node-${index}`;
    const happens = chance.pick<NodeInput['happens']>(
      isPair
        ? ['recovers', 'is-checked', 'is-removed', 'is-replaced', 'gets-workload']
        : ['recovers', 'is-checked', 'is-removed', 'is-replaced', 'gets-workload', 'loses-workload'],
      `${key}/what`,
    );
    inputs.push(happening(key, chance.pick(names, `${key}/node`), timeOf(key), happens));
  }
  return inputs;
}

/**
 * An alert that is over and fires again may be acted on again: in a pair no alert does. A sender that uses a fingerprint again would
 * do that, too: the end of the earlier use comes minutes late, and ends the later one.
 */
export function pairable({ lapses: _lapses, ...habits }: SenderHabits): SenderHabits {
  return { ...habits, ...(habits.fingerprints && { keepsLast: true }) };
}
