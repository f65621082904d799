import { createChance } from '#local/rehearsal/engine/chance';
import { addresses } from '../corners/addresses.ts';
import type { Corner } from '../corners/corner.ts';
import { START_MS } from '../corners/corner.ts';
import { everythingTwice, partialRoom, plansInCompany } from '../corners/crowds.ts';
import { deletions } from '../corners/deletions.ts';
import { laterAlerts, overdue, rivals } from '../corners/lost.ts';
import { destinations, supernodes } from '../corners/migrations.ts';
import { nodePoolChanges } from '../corners/node-pools.ts';
import { schedules } from '../corners/schedules.ts';
import { spoiltDocuments } from '../corners/spoilt.ts';
import { restless, strangers } from '../corners/strangers.ts';
import { contradictions, waitingTags } from '../corners/tags.ts';
import { undoing } from '../corners/undoing.ts';
import { lockedNodes, unseenRedundancy } from '../corners/updates.ts';
import { versions } from '../corners/versions.ts';
import type { Scenario } from '../scenario.ts';

/** Each leads to parts of the code where other worlds seldom come. Their number shares no divisor with that of the turns. */
export const CORNERS: readonly Corner[] = [
  lockedNodes,
  unseenRedundancy,
  nodePoolChanges,
  deletions,
  supernodes,
  destinations,
  versions,
  contradictions,
  undoing,
  schedules,
  rivals,
  overdue,
  everythingTwice,
  partialRoom,
  plansInCompany,
  strangers,
  restless,
  spoiltDocuments,
  addresses,
  laterAlerts,
  waitingTags,
];

/** The corners take turns: as many seeds of this profile as there are corners have one of each. */
export function generateCorners(seed: number): Scenario {
  const chance = createChance(seed);
  const corner = CORNERS[seed % CORNERS.length]!(chance);
  return {
    seed,
    startMs: START_MS,
    weather: 1,
    skewMs: 0,
    ...corner,
    inputs: corner.inputs.toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
  };
}
