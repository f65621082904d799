import type { Chance } from '#local/rehearsal/engine/chance';
import { alertOf, commandOf, happening } from '../inputs/limits-inputs.ts';
import type { AlertEpisode, CommandInput, Input } from '../scenario.ts';

export const LONG_START_MS = Date.parse('2026-11-20T10:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The subject of a long world. */
export type LongFlavour = {
  often: Record<string, number>;
  hours: number;
  nodes: readonly number[];
  limits: { unavailable?: string; perDay?: string; storm?: string; breaker?: string; windows?: string };
  mode: 'act' | 'approve';
  verify?: string;
  cooldown: string;
  evidence: string;
  ladder: readonly ('reset' | 'migrate' | 'notify')[];
  jobSeconds: readonly [number, number];
  sweepEveryMs?: number;
  happens(chance: Chance, names: readonly string[]): Input[];
};

/** Alerts one after another, of other nodes, for so many hours; each fires until its node is well. */
function alerts(
  chance: Chance,
  names: readonly string[],
  { count, hours, changes = {} }: { count: number; hours: number; changes?: Partial<AlertEpisode> },
): Input[] {
  return Array.from({ length: count }, (_, index) => {
    const key = `alert-${index + 1}`;
    const node = chance.pick(names, `${key}/node`);
    const atMs = LONG_START_MS + chance.between(1, hours * 60, `${key}/at`) * MINUTE_MS;
    return [
      happening(`${key}-break`, node, atMs - 10_000, 'breaks'),
      alertOf(chance, key, node, atMs, {
        alertname: 'CardLost',
        repeatMs: 20 * MINUTE_MS,
        deliveries: 40,
        resolves: { with: 'node' },
        ...changes,
      }),
    ];
  }).flat();
}

function decisions(chance: Chance, count: number, fromHour: number, toHour: number): Input[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'decision' as const,
    id: `decision-${index + 1}`,
    atMs: LONG_START_MS + chance.between(fromHour * 60, toHour * 60, `decision-${index}/at`) * MINUTE_MS,
    decision: chance.pick(['approve', 'approve', 'reject'] as const, `decision-${index}/what`),
  }));
}

/** A person's command that claims to come from a schedule. */
function impostor(chance: Chance, key: string, node: string, atMs: number): CommandInput {
  const command = commandOf(key, [node], atMs, { voice: 'reset', hasEvidence: false });
  const rule = chance.pick(['shrink-at-night', 'cardlost'], `${key}/rule`);
  return { ...command, body: { ...command.body, reason: { source: 'schedule', rule, event: key } } };
}

const QUIET: Record<string, number> = {
  suspended: 0,
  'suspended-for-good': 0,
  'unknown-phase': 0,
  flaps: 0,
  late: 0.3,
};
/** Functions die right after they have written something, and messages are lost. */
const DYING = {
  ...QUIET,
  'dies-after-pool': 12,
  'dies-after-node': 8,
  'dies-after-call': 4,
  'dies-after-remediation': 3,
  'dies-after-send': 3,
  lost: 2,
  forgotten: 15,
};

const USUAL = {
  often: QUIET,
  limits: {},
  mode: 'act',
  cooldown: '10m',
  evidence: '6h',
  ladder: ['reset'],
  jobSeconds: [60, 300],
} as const;

export const LONG_FLAVOURS: Record<string, LongFlavour> = {
  // Plans wait while their alerts go on firing, and people decide about a day later.
  plans: {
    ...USUAL,
    mode: 'approve',
    evidence: '2d',
    hours: 29,
    nodes: [2, 3],
    ladder: ['reset', 'notify'],
    happens: (chance, names) => [
      ...alerts(chance, names, {
        count: chance.between(1, 2, 'alerts'),
        hours: 2,
        changes: {
          deliveries: 90,
          // Its resolution is written down while the plan waits, and it fires again.
          sender: {
            lapses: {
              atMs: LONG_START_MS + chance.between(8, 22, 'lapse') * HOUR_MS,
              forMs: 30 * MINUTE_MS,
            },
          },
        },
      }),
      ...decisions(chance, 2, 21, 23),
      ...decisions(chance, 3, 24, 28).map((one) => ({ ...one, id: `late-${one.id}` })),
    ],
  },
  // All calls that a day allows are made, and functions die in between.
  days: {
    ...USUAL,
    often: DYING,
    hours: 28,
    nodes: [4, 6, 10],
    limits: { perDay: '2' },
    happens: (chance, names) => alerts(chance, names, { count: chance.between(5, 9, 'alerts'), hours: 26 }),
  },
  // Leases and slots are left behind, and only a sweep releases them.
  orphans: {
    ...USUAL,
    often: { ...DYING, 'dies-after-pool': 40, 'dies-after-node': 40, forgotten: 60 },
    hours: 5,
    nodes: [3, 4],
    limits: { unavailable: '1', perDay: '3' },
    sweepEveryMs: 5 * MINUTE_MS,
    happens: (chance, names) => alerts(chance, names, { count: chance.between(4, 7, 'alerts'), hours: 3 }),
  },
  // Commands wait for a window; some say of themselves that a schedule has sent them.
  windows: {
    ...USUAL,
    hours: 14,
    nodes: [3, 5],
    evidence: '12h',
    limits: { windows: '{ start: "0 2 * * ? *", length: 90m, timezone: Europe/Berlin }' },
    happens: (chance, names) => [
      ...alerts(chance, names, { count: chance.between(1, 3, 'alerts'), hours: 10 }),
      ...[1, 2].map((number) =>
        impostor(
          chance,
          `impostor-${number}`,
          chance.pick(names, `impostor/${number}`),
          LONG_START_MS + chance.between(1, 12 * 60, `impostor/${number}/at`) * MINUTE_MS,
        ),
      ),
    ],
  },
  // More nodes than may be are out of service, or reported at once, and functions die before they have told anybody.
  incidents: {
    ...USUAL,
    often: { ...DYING, 'dies-after-pool': 60, 'dies-after-send': 30, fails: 3 },
    hours: 3,
    nodes: [4, 6],
    limits: { unavailable: '1', storm: '{ nodes: 3, within: 8m }', breaker: '{ failures: 1, pause: 5m }' },
    sweepEveryMs: 5 * MINUTE_MS,
    happens(chance, names) {
      const broken = chance.shuffle(names, 'broken').slice(0, chance.between(2, names.length, 'broken/many'));
      const atMs = LONG_START_MS + 10 * MINUTE_MS;
      return broken.flatMap((node, index) => [
        happening(`break-${index}`, node, atMs, 'breaks'),
        alertOf(chance, `alert-${index + 1}`, node, atMs + index * 40_000, {
          alertname: 'CardLost',
          repeatMs: 10 * MINUTE_MS,
          deliveries: 12,
          resolves: { with: 'node' },
        }),
      ]);
    },
  },
  // A job of many nodes, one after another: it is looked at again and again until the last of them is well.
  looks: {
    ...USUAL,
    often: { ...QUIET, 'late-node': 5, 'late-driver': 5, flaps: 6, 'breaks-again': 2 },
    hours: 4,
    nodes: [5, 8],
    verify: ', verify: { healthyFor: 5m, within: 25m }',
    jobSeconds: [100, 400],
    happens: (chance, names) => [
      ...alerts(chance, names, { count: chance.between(2, 4, 'alerts'), hours: 2 }),
      commandOf('all', names.slice(0, 4), LONG_START_MS + 3 * MINUTE_MS, {
        voice: 'reset',
        hasEvidence: false,
      }),
    ],
  },
};

export { HOUR_MS };
