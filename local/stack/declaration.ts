import type { INDEX_KEYS } from '#lib/ledger/store';

/** The facts that distinguish one function of the stack. Everything else derives from them. */
export type DeclaredFunction = {
  /** The name of its file in `functions/`, and of its queue. */
  readonly name: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly trigger: Trigger;
  /** It lets people look at the dead letters of every function, and send them back. */
  readonly readsDeadLetters?: boolean;
  /** It counts the dead letters of every function, and may not read them. */
  readonly countsDeadLetters?: boolean;
  /** The functions whose queues it may send to. It may also send to its own dead-letter queue, if it has one. */
  readonly sendsTo: readonly string[];
  readonly ledger: LedgerRights;
  /** It calls the ModelArts API, so its environment has the project, and it may read the access key. */
  readonly callsModelArts?: boolean;
  /** Its environment has the project and the region, which it shows to people. It gets no access key. */
  readonly namesProject?: boolean;
  /** It gives people links to the console, so its environment has the address of the console. */
  readonly linksToConsole?: boolean;
  /** The SSM parameters that it may read beside those of `callsModelArts`, by the names of their environment variables. */
  readonly secrets?: readonly string[];
  /** The folder in `dist/` that its archive has beside the bundle. */
  readonly files?: string;
};

export type Trigger =
  /** `direct`: services of AWS invoke it, too. */
  | {
      readonly kind: 'http';
      readonly routes: readonly string[];
      /** The routes for people whom an identity provider identifies, if the deployment has one. The others answer everybody. */
      readonly peoplesRoutes?: readonly string[];
      readonly direct?: { readonly retries: number };
    }
  | { readonly kind: 'clock'; readonly everyMinutes: number }
  | ({ readonly kind: 'queue'; readonly everyMinutes?: number } & DeclaredQueue)
  /** The schedules of the rules file start it. */
  | { readonly kind: 'schedules'; readonly retries: number };

/** The queue that a function reads. `queue-numbers.ts` derives its other numbers from the function's time-out. */
export type DeclaredQueue = {
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  /** The maximum number of batches in work at the same time. */
  readonly maximumConcurrency: number;
  /** How many deliveries of one message come before it is a dead letter. */
  readonly maxReceives: number;
  /** The descriptions of its alarms: their meaning, and what to do. */
  readonly alarms: { readonly oldestMessage: string };
  /** Systems outside of the stack send to it, so the stack outputs its URL. */
  readonly isPublic?: boolean;
};

/** The rights of a function at the ledger, beside those to read and write single documents, and to read a partition. */
export type LedgerRights = {
  /** It reads documents by their keys, many at once. */
  readonly readsMany?: true;
  /** The indexes that it searches. */
  readonly indexes?: readonly (keyof typeof INDEX_KEYS)[];
  /** It writes entries of the journal, many at once. */
  readonly journal?: true;
  /** It removes entries of wait lists, and, if it writes the journal, the tries of a delivery. */
  readonly removals?: true;
};
