import type { Fault } from './catalogue.ts';

/** Mistakes that show only where many functions meet at the same nodes. */
export const raceFaults: readonly Fault[] = [];

/** Mistakes in what is not a reset. */
export const actionFaults: readonly Fault[] = [];
