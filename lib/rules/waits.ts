/** How long an approval holds. It covers exactly one plan, and Poolkeeper computes the plan again right before the call. */
export const APPROVAL_HOLDS_MS = 24 * 3_600_000;

/**
 * A plan waits for a day, so that the person on duty the next morning can still approve it. After a day its facts are too old for an
 * approval. The same command under a new id makes a new plan, on the facts of that time.
 */
export const PLAN_VALID_MS = 24 * 3_600_000;

/** How long a pool is limited to one node at a time after a storm. */
export const SLOW_AFTER_STORM_MS = 3_600_000;

/** After this long without a good reading, the states of a pool's nodes are unknown, and people get a notice. */
export const NOT_READABLE_MS = 15 * 60_000;

/**
 * Waits that no key of the rules file sets, in milliseconds. They are part of the compiled rules, so that `withFasterClock` can
 * shorten them.
 */
export type Waits = {
  /** The minimum time between two whole lists that prove, by absence from both, that something is gone. */
  goneAfterMs: number;
  /** Pause before a pool is read again after an incomplete reading, or after a call that could not be sent. It grows each time. */
  retryMs: number;
  /** Pause before a call is tried again for nodes on which the API failed. */
  failedNodesMs: number;
  /** Pause before a command checks again whether its target is free. It grows each time. */
  busyMs: number;
  /** Pause between two steps for the same node after its alert has resolved. */
  betweenStepsMs: number;
  /** The shortest time between two snapshots of a pool. */
  snapshotEveryMs: number;
  /** After this long without a reading by another function, `sweep` reads a pool. */
  unreadMs: number;
};

/** The waits at normal speed. */
export const WAITS: Readonly<Waits> = {
  goneAfterMs: 60_000,
  retryMs: 60_000,
  failedNodesMs: 30_000,
  busyMs: 15_000,
  betweenStepsMs: 30_000,
  snapshotEveryMs: 60_000,
  unreadMs: 5 * 60_000,
};
