import type { Action } from '#lib/actions/traits';
import type { Queue } from '#lib/aws/queue';
import type { Clock } from '#lib/clock';
import type { Store } from '#lib/ledger/store';
import type { Logger } from '#lib/log';
import type { ModelArtsClient } from '#lib/modelarts/client/client';
import type { PoolRules, Rules } from '#lib/rules/rules';

/** The command queue of each action that a function may send to. */
export type CommandQueues = Partial<Record<Action, Queue>>;

/** What it takes to record what is known, and to send on what follows from it. */
export type RecordingServices = Omit<RemediationServices, 'modelarts' | 'deadLetters' | 'maxReceives'>;

/** What it takes to give nodes back: whoever waits for them is told. */
export type ReleasingServices = Pick<
  RemediationServices,
  'store' | 'rules' | 'clock' | 'commands' | 'notices'
>;

/** What every step of a remediation may use. */
export type RemediationServices = {
  store: Store;
  rules: Rules;
  clock: Clock;
  /** A name that nothing else bears. */
  newId: () => string;
  /** The client for the project in which a pool lives. */
  modelarts: (pool: Pick<PoolRules, 'project' | 'region' | 'endpoint'>) => ModelArtsClient;
  /** For what is put off, and for the next rung of a ladder. */
  commands: CommandQueues;
  /** The queue of `poll-jobs`. */
  follow: Queue;
  /** The queue of `notify`. */
  notices: Queue;
  /** For errors that concern no invocation. */
  log?: Logger;
  /** Where a function's messages go that it can do nothing with. */
  deadLetters: Queue;
  /** How often a message of its queue is delivered before it is a dead letter. */
  maxReceives: number;
};
