import type { Action } from '#lib/actions/traits';
import type { Queue } from '#lib/aws/queue';
import type { Clock } from '#lib/clock';
import type { Store } from '#lib/ledger/store';
import type { Logger } from '#lib/log';
import type { ModelArtsClient } from '#lib/modelarts/client/client';
import type { RecentWorkloads } from '#lib/modelarts/reading/recent-workloads';
import type { PoolRules, Rules } from '#lib/rules/rules';

/** The command queue of each action that a function may send to. */
export type CommandQueues = Partial<Record<Action, Queue>>;

/** The services to record known facts, and to send the messages that follow from them. */
export type RecordingServices = Omit<RemediationServices, 'modelarts' | 'deadLetters' | 'maxReceives'>;

/** The services to release nodes, and to wake the commands that wait for them. */
export type ReleasingServices = Pick<
  RemediationServices,
  'store' | 'rules' | 'clock' | 'commands' | 'notices'
>;

/** The services of every step of a remediation. */
export type RemediationServices = {
  store: Store;
  rules: Rules;
  clock: Clock;
  /** Makes a unique name. */
  newId: () => string;
  /** The client for the project in which a pool lives. */
  modelarts: (pool: Pick<PoolRules, 'account' | 'project' | 'region' | 'endpoint'>) => ModelArtsClient;
  /** The workloads that this process has read within seconds. Absent: each reading reads them anew. */
  recentWorkloads?: RecentWorkloads;
  /** For deferred commands, and for the next rung of a ladder. */
  commands: CommandQueues;
  /** The queue of `poll-jobs`. */
  follow: Queue;
  /** The queue of `notify`. */
  notices: Queue;
  /** For errors that concern no invocation. */
  log?: Logger;
  /** The queue for messages that a function cannot process. */
  deadLetters: Queue;
  /** How often the function's queue delivers a message before it becomes a dead letter. */
  maxReceives: number;
};
