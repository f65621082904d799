import { createChance } from '#local/rehearsal/engine/chance';
import { knocksOf } from '../actors/consent-knocks.ts';
import { alertsOf } from '../inputs/consent-alerts.ts';
import { GENEROUS, START_MS, TRAIN } from '../inputs/consent-place.ts';
import { plansOf } from '../inputs/consent-plans.ts';
import { tagsOf } from '../inputs/consent-tags.ts';
import { withdrawalsOf } from '../inputs/withdrawals.ts';
import type { Scenario } from '../scenario.ts';

/** The subject of a seed: plans that wait, the evidence of alerts, or tags. */
const FLAVOURS = [
  'plans',
  'plans',
  'crowded plans',
  'crowded plans',
  'late plans',
  'ends',
  'ends',
  'again',
  'whose',
  'whose',
  'tags',
  'tags',
] as const;

/** The front doors, and everything that a call rests on: a person's word, an alert, a node, a policy. */
export function generateConsent(seed: number): Scenario {
  const chance = createChance(seed);
  const flavour = chance.pick(FLAVOURS, 'flavour');
  const own =
    flavour === 'tags'
      ? tagsOf(chance)
      : flavour === 'plans' || flavour === 'late plans' || flavour === 'crowded plans'
        ? plansOf(chance, flavour)
        : alertsOf(chance, flavour);
  const { inputs = [], lastsMs = 10 * 60_000, ...rest } = own;
  return {
    seed,
    startMs: START_MS,
    lastsMs,
    weather: flavour === 'whose' ? 1 : chance.pick([0, 0, 0.3, 1], 'weather'),
    skewMs: 0,
    pools: [],
    rulesText: `pools:\n  train-a: { id: ${TRAIN}, ${GENEROUS} }\nrules: []\n`,
    ...rest,
    inputs: [
      ...inputs,
      ...knocksOf(chance, lastsMs),
      ...(flavour === 'tags' ? [] : withdrawalsOf(chance, { fromMs: START_MS, lastsMs }, 2)),
    ].sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
  };
}
