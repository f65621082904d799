import type { Announced } from '../../world/planned-events.ts';

/** The vendor announces maintenance, or comes back to it. */
export type PlannedInput = { kind: 'planned'; id: string; atMs: number } & (
  | { announces: Announced }
  | { of: string; happens: 'cancels' | 'executes' }
);

/** The function that reads planned maintenance is invoked by its clock, `times` at the same moment. */
export type ReadingInput = { kind: 'read-planned'; id: string; atMs: number; times: number };

export type MaintenanceInput = PlannedInput | ReadingInput;
