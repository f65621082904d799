import type { Scenario } from '../scenario.ts';
import { generateScenario } from './generate.ts';
import { generateActions } from './generate-actions.ts';
import { generateConsent } from './generate-consent.ts';
import { generateCorners } from './generate-corners.ts';
import { generateLimits } from './generate-limits.ts';
import { generateLong } from './generate-long.ts';
import { generateMaintenance } from './generate-maintenance.ts';
import { generateRaces } from './generate-races.ts';
import { generateRecovery } from './generate-recovery.ts';
import { generateSenders } from './generate-senders.ts';
import { generateUntidy } from './generate-untidy.ts';

/**
 * The kind of situation that a seed makes. `mixed`: a day at work. `races`: many functions at the same nodes at the same moment.
 * `actions`: all other actions. `recovery`: work that is left half done. `consent`: the doors, and the evidence and approvals of
 * calls. `limits`: pools near their limits. `untidy`: an API whose answers are odd. `long`: work that takes a day, and work that
 * only a sweep finishes. `corners`: situations that are rare in all others. `maintenance`: nodes whose maintenance the vendor has
 * planned. `senders`: all senders except Alertmanager, and those that may not report everything.
 */
export const profiles = [
  'mixed',
  'races',
  'actions',
  'recovery',
  'consent',
  'limits',
  'untidy',
  'long',
  'corners',
  'maintenance',
  'senders',
] as const;
export type Profile = (typeof profiles)[number];

const generators: Record<Profile, (seed: number) => Scenario> = {
  mixed: generateScenario,
  races: generateRaces,
  actions: generateActions,
  recovery: generateRecovery,
  consent: generateConsent,
  limits: generateLimits,
  untidy: generateUntidy,
  long: generateLong,
  corners: generateCorners,
  maintenance: generateMaintenance,
  senders: generateSenders,
};

/** The profiles in their turns. There are many corners: they have three. */
export const TURNS: readonly Profile[] = [...profiles, 'corners', 'corners'];

/** The situation of a seed, of one kind; without a word about it each in its turn. */
export function scenarioOf(seed: number, profile?: Profile): Scenario {
  return generators[profile ?? TURNS[seed % TURNS.length]!](seed);
}
