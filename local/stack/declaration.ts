/** One function of the stack, as far as it is its own: the rest is the same for all, and follows. */
export type DeclaredFunction = {
  /** Of its file in `functions/`, and of its queue. */
  readonly name: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly trigger: Trigger;
  /** The functions whose queues it may send to. It may also send to its own dead-letter queue, if it has one. */
  readonly sendsTo: readonly string[];
  readonly ledger: LedgerRights;
  /** It calls the ModelArts API: it is told the project, and may read the access key. */
  readonly callsModelArts?: boolean;
  /** The parameters that it may read beside those of `callsModelArts`, named as their environment variables are. */
  readonly secrets?: readonly string[];
  /** What it counts in its log and somebody has to know. */
  readonly metrics?: readonly LogMetric[];
};

export type Trigger =
  | { readonly kind: 'http'; readonly routes: readonly string[] }
  | { readonly kind: 'clock'; readonly everyMinutes: number }
  | ({ readonly kind: 'queue'; readonly everyMinutes?: number } & DeclaredQueue)
  /** The schedules of the rules file start it. `deadLetters` says what to do about a firing that led to nothing. */
  | { readonly kind: 'schedules'; readonly retries: number; readonly deadLetters: string };

/** The queue that a function reads. What follows from the function's time-out is in `queueNumbers`. */
export type DeclaredQueue = {
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  /** How many batches are worked on at once, at most. */
  readonly maximumConcurrency: number;
  /** Deliveries of one message before it is a dead letter. */
  readonly maxReceives: number;
  /** Descriptions of its two alarms: what it means, and what to do. */
  readonly alarms: { readonly deadLetters: string; readonly oldestMessage: string };
  /** Others send to it: the stack says where it is. */
  readonly isPublic?: boolean;
};

/**
 * - `journal`: documents by their keys and partitions, and batches of the journal
 * - `by-key`: documents by their keys
 * - `whole`: that, partitions and the indexes
 */
export type LedgerRights = 'journal' | 'by-key' | 'whole';

/** A number in the log of a function that becomes a metric and an alarm. */
export type LogMetric = {
  /** As the function writes it. */
  readonly logged: string;
  /** As CloudWatch shows it. @default `logged` */
  readonly name?: string;
  /** What it means, and what to do. */
  readonly alarm: string;
  /** How many in five minutes are not worth an alarm. @default 0 */
  readonly threshold?: number;
};
