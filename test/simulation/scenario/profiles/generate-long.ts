import { type Chance, createChance } from '#local/rehearsal/engine/chance';
import type { WorldNode, WorldPool } from '../../world/pool.ts';
import { SPARE, TRAIN } from '../inputs/limits-inputs.ts';
import type { Input, RulesInput, Scenario } from '../scenario.ts';
import { HOUR_MS, LONG_FLAVOURS, LONG_START_MS, type LongFlavour } from './long-flavours.ts';

/** A world that lasts for hours, or for more than a day: what waits, what comes back after a day, what only a sweep finishes. */
export function generateLong(seed: number): Scenario {
  const chance = createChance(seed);
  const flavour = LONG_FLAVOURS[chance.pick(Object.keys(LONG_FLAVOURS), 'flavour')]!;
  const pools = [poolOf(chance, 'train-a', TRAIN, 1, flavour), poolOf(chance, 'spare', SPARE, 2, flavour)];
  const names = [...pools[0]!.nodes.keys()];
  const inputs: Input[] = [...flavour.happens(chance, names), ...rulesLater(chance, flavour)];
  return {
    seed,
    startMs: LONG_START_MS,
    lastsMs: flavour.hours * HOUR_MS,
    weather: chance.pick([0, 0.5, 1], 'weather'),
    skewMs: 0,
    often: flavour.often,
    pools,
    rulesText: rulesText(flavour),
    jobSeconds: flavour.jobSeconds,
    sweepEveryMs: flavour.sweepEveryMs ?? 15 * 60_000,
    inputs: inputs.toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
  };
}

/** The rule is removed, or only observes, while its commands wait. */
function rulesLater(chance: Chance, flavour: LongFlavour): RulesInput[] {
  if (!chance.happens(0.35, 'rules')) return [];
  const atMs = LONG_START_MS + chance.between(1, Math.min(flavour.hours, 14) * 60, 'rules/at') * 60_000;
  const text = chance.happens(0.6, 'rules/dropped')
    ? rulesText({ ...flavour, ladder: [] })
    : rulesText(flavour).replace(/ {4}mode: \w+/, '    mode: observe');
  return [{ kind: 'rules', id: 'rules', atMs, text }];
}

/** @param flavour one without a ladder has no rule. */
function rulesText({ limits, mode, cooldown, evidence, ladder, verify = '' }: LongFlavour): string {
  const { unavailable = '100%', perDay = '100%', storm, breaker, windows } = limits;
  const rungs = {
    reset: `      - { reset-nodes: { rollingConfig: { strategy: RollingByNumber, maxUnavailable: 1 } }${verify} }`,
    migrate: '      - { migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: modelarts.bm.npu.8 } } }',
    notify: '      - notify: { severity: critical }',
  };
  return [
    'pools:',
    '  train-a:',
    `    id: ${TRAIN}`,
    `    budget: { maxUnavailable: ${unavailable}, perDay: ${perDay} }`,
    `    storm: ${storm ?? '{ nodes: 100%, within: 5m }'}`,
    `    breaker: ${breaker ?? '{ failures: 50, pause: 10m }'}`,
    ...(windows ? [`    windows: [ ${windows} ]`] : []),
    `  spare: { id: ${SPARE}, budget: { maxUnavailable: 100%, perDay: 100% } }`,
    ladder.length === 0 ? 'rules: []' : 'rules:',
    ...(ladder.length === 0
      ? []
      : [
          '  - name: cardlost',
          '    when: { source: alertmanager, labels: { alertname: CardLost } }',
          '    node: { from: labels.instance }',
          '    pool: train-a',
          `    mode: ${mode}`,
          `    cooldown: ${cooldown}`,
          `    maxEvidenceAge: ${evidence}`,
          '    ladder:',
          ...ladder.map((rung) => rungs[rung]),
        ]),
    'polling: { first: 60s, every: 60s }',
    'deadlines: { reset-nodes: 60m, migrate-nodes: 60m }',
    'notify:',
    '  - { kind: webhook, url: "http://chat.example.com/hooks/one", when: [failed, needs-human, awaiting-approval, succeeded] }',
    '  - { kind: webhook, url: "http://pager.example.com/two", when: [needs-human, deferred] }',
    '',
  ].join('\n');
}

function poolOf(
  chance: Chance,
  name: string,
  id: string,
  number: number,
  { nodes: counts }: LongFlavour,
): WorldPool {
  const count = name === 'spare' ? 2 : chance.pick(counts, `${name}/count`);
  const nodes = Array.from({ length: count }, (_, index): WorldNode => {
    const key = `${name}/${index}`;
    return {
      name: `os-node-created-${name === 'train-a' ? 'a' : 's'}${String(index + 1).padStart(4, '0')}`,
      ip: `10.${number}.0.${index + 1}`,
      phase: 'Available',
      driver: 'Running',
      labels: { 'os.modelarts.node/cluster': `cluster-${name}` },
      nodePool: 'np-1',
      flavor: 'modelarts.bm.npu.8',
      staysBroken: chance.happens(0.15, `${key}/stays-broken`),
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
