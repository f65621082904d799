/** An approval holds for a day, and for exactly its plan, which is made again right before the call. */
export const APPROVAL_HOLDS_MS = 24 * 3_600_000;

/** After a storm a pool is taken slowly for this long. */
export const SLOW_AFTER_STORM_MS = 3_600_000;

/**
 * How long Poolkeeper waits of itself, where no key of the rules file says it. Part of the compiled rules, so that a world whose clock
 * runs faster has them faster: see `hasten`.
 */
export type Waits = {
  /** Missing from two whole lists that are read at least this long after one another means gone. */
  goneAfterMs: number;
  /** How soon a pool is read again of which too little is known, or for which nothing could be sent; later each time. */
  retryMs: number;
  /** How soon nodes are tried again to which the API could not do something. */
  failedNodesMs: number;
  /** How soon a command looks again whether its target is free; later each time. */
  busyMs: number;
  /** How far apart the steps after a resolution are that are about the same node. */
  betweenStepsMs: number;
};

/** In a world whose clock runs as ours does. */
export const WAITS: Readonly<Waits> = {
  goneAfterMs: 60_000,
  retryMs: 60_000,
  failedNodesMs: 30_000,
  busyMs: 15_000,
  betweenStepsMs: 30_000,
};
