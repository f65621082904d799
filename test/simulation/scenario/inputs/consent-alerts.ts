import type { Chance } from '#local/rehearsal/engine/chance';
import type { WorldPool } from '../../world/pool.ts';
import type { AlertEpisode, CommandInput, Input, NodeInput, Scenario } from '../scenario.ts';
import { GENEROUS, MINUTE_MS, poolOf, SPARE, START_MS, TRAIN } from './consent-place.ts';

export type AlertFlavour = 'ends' | 'again' | 'whose';

/** The evidence of a call for an alert, and how it ends at every moment. */
export function alertsOf(chance: Chance, flavour: AlertFlavour): Partial<Scenario> {
  const count = flavour === 'whose' ? 8 : chance.pick([2, 3], 'count');
  const pools = [poolOf(chance, 'train-a', count), poolOf(chance, 'spare', 2)];
  const lastsMs = (flavour === 'again' ? 30 : 14) * MINUTE_MS;
  const text = flavour === 'whose' ? manyRules(chance) : twoRules(chance, flavour);
  const inputs = [
    ...episodesOf(chance, flavour, pools, lastsMs),
    ...(flavour === 'again' ? commandsOf(chance, pools[0]!, lastsMs) : []),
    ...happeningsOf(chance, flavour, pools[0]!, lastsMs),
  ];
  if (flavour === 'ends' && chance.happens(0.6, 'deploys')) inputs.push(...laterRules(chance, text, inputs));
  return {
    lastsMs,
    pools,
    rulesText: text,
    jobSeconds: flavour === 'again' ? [2, 60] : [2, 20],
    inputs,
    ...(flavour === 'whose' && {
      often: { 'hangs-before': 100, 'unavailable-before': 4, late: 4 },
    }),
    ...(flavour === 'ends' && { often: { slow: 8, stall: 20, late: 3 } }),
  };
}

const RESET =
  '[ { reset-nodes: { rollingConfig: { strategy: RollingByNumber, maxUnavailable: 1 } }, verify: { healthyFor: 0s, within: 3m } } ]';
const IMAGE =
  '[ { reset-nodes: { rollingConfig: { strategy: RollingByNumber, maxUnavailable: 1 }, nodeConfig: { imageId: image-b } } } ]';

function head(isTight = false): string[] {
  const limits = isTight ? GENEROUS.replace('maxUnavailable: 100', 'maxUnavailable: 1') : GENEROUS;
  return [
    'pools:',
    `  train-a: { id: ${TRAIN}, ${limits} }`,
    `  spare: { id: ${SPARE}, ${GENEROUS} }`,
    'rules:',
  ];
}

const POLLING = 'polling: { first: 4s, every: 8s }';
const DEADLINES = 'deadlines: { reset-nodes: 8m, migrate-nodes: 8m }';

/** Two rules about the same nodes, with limits of their own. */
function twoRules(chance: Chance, flavour: AlertFlavour): string {
  const isAgain = flavour === 'again';
  const rules = ['CardLost', 'LinkDown'].flatMap((name) => {
    const phase = chance.pick(['', '', 'Abnormal', 'Available'], `${name}/phase`);
    return [
      `  - name: ${name.toLowerCase()}`,
      `    when: { source: alertmanager, labels: { alertname: ${name} } }`,
      '    node: { from: labels.instance }',
      '    pool: train-a',
      ...(phase === '' ? [] : [`    phase: [${phase}]`]),
      `    mode: ${isAgain ? 'act' : chance.pick(['act', 'act', 'act', 'observe', 'approve'], `${name}/mode`)}`,
      `    cooldown: ${chance.pick(isAgain ? ['60s', '90s', '5m'] : ['0s', '0s', '2m'], `${name}/cooldown`)}`,
      `    maxEvidenceAge: ${chance.pick(isAgain ? ['30m'] : ['45s', '2m', '30m'], `${name}/age`)}`,
      ...(chance.happens(0.2, `${name}/interrupt`) ? ['    interruptWorkloads: true'] : []),
      `    rounds: { max: ${isAgain ? chance.pick([2, 3, 9], `${name}/rounds`) : 9}, within: ${chance.pick(['10m', '1h'], `${name}/within`)} }`,
      `    ladder: ${chance.pick([RESET, RESET, IMAGE], `${name}/ladder`)}`,
    ];
  });
  // A command that waits for a slot goes on under other rules than those that made it.
  const isTight = flavour === 'ends' && chance.happens(0.3, 'tight');
  return [...head(isTight), ...rules, POLLING, DEADLINES, ''].join('\n');
}

/** Rules, several for each alert; some of them match it only nearly. */
function manyRules(chance: Chance): string {
  const rules: Record<string, string> = {
    quiet: `{ source: alertmanager, labels: { alertname: CardLost, instance: "*-a1*" } }`,
    card: `{ source: alertmanager, labels: { alertname: "Card*" }, severity: critical }`,
    warned: `{ labels: { alertname: [CardGone, CardLost] }, severity: [warning, "info*"] }`,
    link: `{ labels: { alertname: "Link?own" }, annotations: { team: "infra*" } }`,
    pooled: `{ labels: { alertname: Pooled, pool: "*" } }`,
    disk: `{ source: smn, labels: { alertname: DiskFull } }`,
    rest: `{ labels: { alertname: "?*" }, severity: "*" }`,
  };
  const order = chance.shuffle(Object.keys(rules), 'order').slice(0, chance.between(4, 7, 'many'));
  const text = order.flatMap((name) => {
    const isPooled = name === 'pooled' || chance.happens(0.2, `${name}/pooled`);
    return [
      `  - name: ${name}`,
      `    when: ${rules[name]}`,
      `    node: { from: ${chance.happens(0.2, `${name}/node`) ? 'annotations.node' : 'labels.instance'} }`,
      `    pool: ${isPooled ? '{ from: labels.pool }' : 'train-a'}`,
      `    mode: ${chance.pick(['act', 'act', 'act', 'observe', 'approve'], `${name}/mode`)}`,
      `    cooldown: ${chance.pick(['0s', '2m'], `${name}/cooldown`)}`,
      `    ladder: ${chance.pick([RESET, IMAGE], `${name}/ladder`)}`,
    ];
  });
  return [...head(), ...text, POLLING, DEADLINES, ''].join('\n');
}

function episodesOf(
  chance: Chance,
  flavour: AlertFlavour,
  pools: readonly WorldPool[],
  lastsMs: number,
): Input[] {
  const inputs: Input[] = [];
  const [train, spare] = pools;
  for (let index = 1; index <= chance.between(6, flavour === 'ends' ? 16 : 10, 'alerts'); index += 1) {
    const key = `alert-${index}`;
    // Several nodes at once are dealt with in one call.
    const isWithOthers = flavour === 'ends' && chance.happens(0.7, `${key}/with`);
    const atMs = isWithOthers
      ? START_MS + (1 + (index % 5)) * 110_000 + chance.between(0, 400, `${key}/at`)
      : START_MS + chance.between(20_000, lastsMs * 0.8, `${key}/at`);
    const isSpare = flavour === 'whose' && chance.happens(0.3, `${key}/spare`);
    const pool = isSpare ? spare! : train!;
    const node = chance.pick([...pool.nodes.keys()], `${key}/node`);
    if (chance.happens(0.5, `${key}/breaks`))
      inputs.push({
        kind: 'node',
        id: `${key}-breaks`,
        atMs: atMs - chance.between(0, 15_000, `${key}/before`),
        pool: pool.id,
        node,
        happens: 'breaks',
      });
    if (flavour === 'whose' && !isSpare && chance.happens(0.8, `${key}/replaced`))
      inputs.push({
        kind: 'node',
        id: `${key}-replaced`,
        atMs: atMs + chance.between(2_000, 6_000, `${key}/replaced/at`),
        pool: pool.id,
        node,
        happens: 'is-replaced',
      });
    inputs.push(...episodeOf(chance, key, flavour, { atMs, pool, node }));
  }
  return inputs;
}

function episodeOf(
  chance: Chance,
  key: string,
  flavour: AlertFlavour,
  { atMs, pool, node }: { atMs: number; pool: WorldPool; node: string },
): AlertEpisode[] {
  const isWhose = flavour === 'whose';
  const alertname = chance.pick(
    isWhose
      ? [
          'CardLost',
          'CardGone',
          'Pooled',
          'LinkDown',
          'Linkdown',
          'LinkBrown',
          'DiskFull',
          'cardLost',
          'Card',
          'Link',
        ]
      : ['CardLost', 'LinkDown'],
    `${key}/name`,
  );
  const agoMs = chance.pick(
    flavour === 'again' ? [1_000, 100_000, 8 * MINUTE_MS, 8 * MINUTE_MS] : [100, 500, 1_000, 20_000],
    `${key}/ago`,
  );
  // From before its command is looked at to long after its call.
  const soonMs = chance.between(1, chance.pick([4_000, 4_000, 9_000], `${key}/how-soon`), `${key}/soon`);
  const laterMs = chance.between(5, 240, `${key}/later`) * 1000;
  const endsMs = atMs + (flavour === 'ends' && chance.happens(0.75, `${key}/is-soon`) ? soonMs : laterMs);
  const resolves = chance.pick<AlertEpisode['resolves']>(
    flavour === 'ends'
      ? [{ atMs: endsMs }, { atMs: endsMs }, { atMs: endsMs }, 'never']
      : ['never', 'never', { with: 'node' }, { atMs: endsMs }],
    `${key}/resolves`,
  );
  const fingerprint = chance.happens(0.5, `${key}/shared`) ? `fp-${alertname}-${node}` : `fp-${key}`;
  const besides = Array.from(
    { length: chance.pick(flavour === 'again' ? [0, 1, 2] : [0, 0, 1, 2], `${key}/besides`) },
    (_, index) => ({
      fingerprint: `${fingerprint}-part-${index + 2}-${key}`,
      startsAtMs: chance.happens(0.5, `${key}/part-${index}/now`)
        ? atMs - 100 - index
        : atMs - agoMs + chance.between(-500, 900, `${key}/part-${index}`),
      ...(chance.happens(0.5, `${key}/part-${index}/ends`) && {
        resolvesAtMs: atMs + chance.between(1, 20_000, `${key}/part-${index}/at`),
      }),
    }),
  );
  const severity = chance.pick(
    ['critical', 'critical', 'warning', 'information', undefined],
    `${key}/severity`,
  );
  const episode: AlertEpisode = {
    kind: 'alert',
    id: key,
    atMs,
    pool: pool.id,
    node,
    alertname,
    byAddress: chance.happens(isWhose ? 0.6 : 0.2, `${key}/address`),
    fingerprint,
    startsAtMs: atMs - agoMs,
    repeatMs: chance.pick([20_000, 50_000, 300_000], `${key}/repeat`),
    deliveries: chance.between(1, 5, `${key}/deliveries`),
    resolves,
    twice: chance.happens(0.2, `${key}/twice`),
    ...(isWhose && {
      labels: {
        severity,
        pool: chance.pick([pool.name, pool.id, pool.id, 'nowhere', undefined], `${key}/pool`),
      },
      annotations: {
        ...(chance.happens(0.6, `${key}/team`) && {
          team: chance.pick(['infra', 'infra-a', 'my-infra'], `${key}/team/which`),
        }),
        ...(chance.happens(0.8, `${key}/annotated`) && { node }),
      },
    }),
    ...(besides.length > 0 && { besides }),
  };
  if (resolves === 'never' || 'with' in resolves || !chance.happens(0.5, `${key}/anew`)) return [episode];
  // The same alert begins once more: at once, or after a while.
  const anewMs = resolves.atMs + chance.pick([1, 200, 3_000, 90_000], `${key}/anew/after`);
  const { besides: _parts, ...alone } = episode;
  return [
    episode,
    {
      ...alone,
      id: `${key}-anew`,
      atMs: anewMs,
      startsAtMs: anewMs,
      resolves: chance.pick<AlertEpisode['resolves']>(
        ['never', { atMs: anewMs + chance.between(1, 60, `${key}/anew/ends`) * 1000 }],
        `${key}/anew/end`,
      ),
    },
  ];
}

/** Commands of others about the same nodes: resets, migrations, with evidence of their own. */
function commandsOf(chance: Chance, pool: WorldPool, lastsMs: number): CommandInput[] {
  return Array.from({ length: chance.between(2, 5, 'commands') }, (_, index): CommandInput => {
    const id = `command-${index + 1}`;
    const atMs = START_MS + chance.between(20_000, lastsMs * 0.8, `${id}/at`);
    const node = chance.pick([...pool.nodes.values()], `${id}/node`);
    const isMoved = pool.nodes.size > 2 && chance.happens(0.2, `${id}/moved`);
    return {
      kind: 'command',
      id,
      atMs,
      via: chance.pick(['queue', 'console'] as const, `${id}/via`),
      action: isMoved ? 'migrate-nodes' : 'reset-nodes',
      body: {
        id,
        action: isMoved ? 'migrate-nodes' : 'reset-nodes',
        pool: 'train-a',
        nodes: [chance.happens(0.5, `${id}/address`) ? node.ip : node.name],
        parameters: isMoved
          ? { toPoolName: 'spare', resourceSpec: { flavor: 'modelarts.bm.npu.8' } }
          : { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 } },
        ...(chance.happens(0.6, `${id}/evidence`) && {
          evidenceAt: new Date(
            atMs - chance.pick([5_000, 10 * MINUTE_MS, 59 * MINUTE_MS, 70 * MINUTE_MS], `${id}/age`),
          ).toISOString(),
        }),
        ...(chance.happens(0.4, `${id}/interrupt`) && {
          options: { interruptWorkloads: chance.happens(0.5, `${id}/interrupt/which`) },
        }),
        mode: chance.pick(['act', 'act', 'act', 'observe'], `${id}/mode`),
      },
    };
  });
}

function happeningsOf(chance: Chance, flavour: AlertFlavour, pool: WorldPool, lastsMs: number): NodeInput[] {
  const names = [...pool.nodes.keys()];
  const what: NodeInput['happens'][] =
    flavour === 'whose'
      ? ['is-replaced', 'is-replaced', 'breaks', 'is-removed']
      : flavour === 'ends'
        ? ['gets-workload', 'loses-workload', 'is-checked', 'breaks', 'recovers', 'is-removed']
        : ['gets-workload', 'loses-workload', 'breaks', 'recovers'];
  return Array.from({ length: chance.between(0, 4, 'happenings') }, (_, index): NodeInput => {
    const key = `node-${index + 1}`;
    return {
      kind: 'node',
      id: key,
      atMs: START_MS + chance.between(0, lastsMs * 0.8, `${key}/at`),
      pool: TRAIN,
      node: chance.pick(names, `${key}/node`),
      happens: chance.pick(what, `${key}/what`),
    };
  });
}

/** The rules become more cautious while the commands of an alert still wait, and after a while they are the old ones again. */
function laterRules(chance: Chance, text: string, inputs: readonly Input[]): Input[] {
  const alerts = inputs.filter(({ kind }) => kind === 'alert');
  return Array.from({ length: chance.between(2, 5, 'deployed') }, (_, index): Input[] => {
    const id = `rules-${index + 1}`;
    const mode = chance.pick(['observe', 'approve', 'act'], `${id}/mode`);
    const afterMs = chance.pick([700, 1_500, 1_500, 30_000], `${id}/after`);
    const atMs = chance.pick(alerts, `${id}/alert`).atMs + chance.between(20, afterMs, `${id}/at`);
    return [
      { kind: 'rules', id, atMs, text: text.replaceAll(/mode: \w+/g, `mode: ${mode}`) },
      { kind: 'rules', id: `${id}-back`, atMs: atMs + 20_000, text },
    ];
  }).flat();
}
