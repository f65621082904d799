import { type Chance, createChance } from '#local/rehearsal/engine/chance';
import { MINUTE_MS, poolOf, START_MS } from '../corners/corner.ts';
import { happening } from '../inputs/limits-inputs.ts';
import { type Credential, FORMS, type Form, type ReportInput } from '../inputs/report-inputs.ts';
import type { Input, Scenario } from '../scenario.ts';
import { sendersRules } from '../senders-rules.ts';

const SMN: readonly Form[] = ['cloud-eye', 'cloud-eye-event', 'aom'];
const KUBERNETES: readonly Form[] = ['device-fault', 'node-condition'];
const AWS: readonly Form[] = ['eventbridge', 'cloudwatch', 'sns'];

/** Senders of every kind but Alertmanager; some may not report everything, and some nothing at all. */
export function generateSenders(seed: number): Scenario {
  const chance = createChance(seed);
  const isPair = chance.happens(0.25, 'pair');
  const lastsMs = chance.between(6, 18, 'lasts') * MINUTE_MS;
  const count = chance.pick([2, 3, 5, 8], 'count');
  const broken = { phase: 'Abnormal' };
  const pools = [
    poolOf('train-a', count, { changes: () => broken }),
    poolOf('spare', 3, { changes: () => broken }),
  ];
  const nodes = pools.flatMap(({ name, nodes: own }) =>
    [...own.keys()].map((node) => ({ pool: name as ReportInput['pool'], node })),
  );
  const storm = chance.happens(0.4, 'storm') ? chance.between(0, lastsMs / 2, 'storm/at') : undefined;
  const inputs: Input[] = [];
  const reports = isPair ? nodes.length : chance.between(2, 9, 'reports');
  for (let index = 0; index < reports; index += 1) {
    const id = `report-${index + 1}`;
    const about = isPair ? nodes[index]! : chance.pick(nodes, `${id}/about`);
    const alone = chance.between(0, lastsMs * 0.7, `${id}/at`);
    const atMs = START_MS + (storm === undefined ? alone : storm + chance.between(0, 20_000, `${id}/storm`));
    inputs.push(reportOf(chance, id, { ...about, atMs, lastsMs, isPair }));
  }
  if (!isPair)
    inputs.push(
      ...quarrels(chance, nodes, lastsMs),
      ...othersOf(chance, nodes, lastsMs, storm),
      ...subscriptionsOf(chance, lastsMs),
    );
  return {
    seed,
    startMs: START_MS,
    lastsMs,
    weather: isPair ? 1 : chance.pick([0, 0.5, 1, 2], 'weather'),
    skewMs: 0,
    ...(isPair && { isPair }),
    pools,
    rulesText: sendersRules(chance, isPair),
    jobSeconds: [20, 80],
    inputs: inputs.toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
  };
}

type About = Pick<ReportInput, 'pool' | 'node' | 'atMs'> & { lastsMs: number; isPair: boolean };

function reportOf(chance: Chance, id: string, { lastsMs, isPair, ...about }: About): ReportInput {
  const form = chance.pick(FORMS, `${id}/form`);
  // Cloud Eye does not know of pools: what is about another node than of its own pool is about none.
  const isOver = chance.happens(isPair ? 0.3 : 0.5, `${id}/over`);
  const endsAtMs = Math.min(
    about.atMs + chance.between(20, 600, `${id}/ends`) * 1000,
    START_MS + lastsMs - 5_000,
  );
  const isDirect = AWS.includes(form) && chance.happens(0.6, `${id}/direct`);
  return {
    kind: 'report',
    id,
    ...about,
    form,
    ...(isDirect && { isDirect }),
    as: isPair || isDirect ? 'ops' : credentialOf(chance, id, form),
    alert: id,
    ...((form === 'cloudwatch' || form === 'sns') &&
      chance.happens(0.5, `${id}/ways`) && { changesWay: true }),
    ...(chance.happens(0.3, `${id}/timeless`) && { hasNoTime: true }),
    repeatMs: chance.pick([20_000, 60_000, 240_000], `${id}/repeat`),
    repeats: chance.between(1, 4, `${id}/repeats`),
    ...(isOver && endsAtMs > about.atMs + 5_000 && { endsAtMs }),
    ...(chance.happens(0.4, `${id}/copied`) && {
      copies: chance.between(1, 3, `${id}/copies`),
      copyLateMs: chance.pick([0, 5_000, 50_000], `${id}/late`),
    }),
  };
}

function credentialOf(chance: Chance, id: string, form: Form): Credential {
  const good = chance.happens(0.65, `${id}/good`);
  if (SMN.includes(form))
    return good ? 'ops' : chance.pick(['team-s', 'strange', 'forged'] as const, `${id}/as`);
  if (KUBERNETES.includes(form) && chance.happens(0.3, `${id}/kube`)) return 'kube';
  if (good) return chance.pick(['ops', 'ops', 'rotated'] as const, `${id}/as`);
  return chance.pick(['team-a', 'team-s', 'team-s', 'kube', 'retired', 'wrong', 'none'] as const, `${id}/as`);
}

/** A limited sender reports under the name of an alert of another, also that it is over. */
function quarrels(
  chance: Chance,
  nodes: readonly Pick<ReportInput, 'pool' | 'node'>[],
  lastsMs: number,
): Input[] {
  if (!chance.happens(0.4, 'quarrel')) return [];
  const about = chance.pick(
    nodes.filter(({ pool }) => pool === 'train-a'),
    'quarrel/about',
  );
  const form = chance.pick(
    ['ce-structured', 'ce-binary', 'ce-batch', 'eventbridge'] as const,
    'quarrel/form',
  );
  const atMs = START_MS + chance.between(0, lastsMs * 0.4, 'quarrel/at');
  const own = { kind: 'report' as const, form, alert: 'quarrel', repeatMs: 60_000, ...about };
  return [
    { ...own, id: 'quarrel-own', atMs, as: 'ops', repeats: 2 },
    {
      ...own,
      id: 'quarrel-other',
      atMs: atMs + chance.pick([-30_000, 1_000, 70_000], 'quarrel/after'),
      as: 'team-s',
      repeats: 1,
      endsAtMs: atMs + chance.pick([2_000, 100_000], 'quarrel/ends'),
    },
  ];
}

/** Subscriptions begin and end, also to topics of others; strangers change such messages, keep them and send them again. */
function subscriptionsOf(chance: Chance, lastsMs: number): Input[] {
  return Array.from({ length: chance.pick([0, 1, 2, 4], 'subscriptions') }, (_, index): Input => {
    const id = `subscription-${index + 1}`;
    const wrong = chance.pick(
      [undefined, undefined, undefined, 'forged', 'foreign', 'old'] as const,
      `${id}/wrong`,
    );
    const copyLateMs = chance.pick([2_000, 60_000, 80 * MINUTE_MS], `${id}/late`);
    return {
      kind: 'subscription',
      id,
      atMs: START_MS + chance.between(0, lastsMs, `${id}/at`),
      says: chance.pick(['SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const, `${id}/says`),
      topic: chance.pick(['open', 'open', 'limited', 'strange'] as const, `${id}/topic`),
      ...(wrong !== undefined && { wrong }),
      ...(chance.happens(0.5, `${id}/copied`) && {
        copies: chance.between(1, 3, `${id}/copies`),
        copyLateMs,
      }),
    };
  });
}

/** A stranger guesses tokens in the middle of a storm, and nodes break, leave and come. */
function othersOf(
  chance: Chance,
  nodes: readonly Pick<ReportInput, 'pool' | 'node'>[],
  lastsMs: number,
  stormMs = lastsMs / 3,
): Input[] {
  const inputs: Input[] = [];
  if (chance.happens(0.35, 'guesses'))
    inputs.push({
      kind: 'guess',
      id: 'guess',
      atMs: START_MS + Math.max(0, stormMs - 2_000),
      count: chance.pick([3, 15, 40], 'guesses/count'),
    });
  for (let index = 1; index <= chance.between(0, 2, 'happenings'); index += 1) {
    const id = `node-${index}`;
    const { node } = chance.pick(
      nodes.filter(({ pool }) => pool === 'train-a'),
      `${id}/node`,
    );
    const atMs = START_MS + chance.between(0, lastsMs, `${id}/at`);
    inputs.push(
      happening(id, node, atMs, chance.pick(['recovers', 'gets-workload', 'is-removed'], `${id}/what`)),
    );
  }
  return inputs;
}
