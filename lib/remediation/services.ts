import type { Queue } from '#lib/aws/queue';
import type { Clock } from '#lib/clock';
import type { Store } from '#lib/ledger/store';
import type { ModelArtsClient } from '#lib/modelarts/client';
import type { PoolRules, Rules } from '#lib/rules/rules';

/** What every step of a remediation may use. */
export type RemediationServices = {
  store: Store;
  rules: Rules;
  clock: Clock;
  /** The client for the project in which a pool lives. */
  modelarts: (pool: Pick<PoolRules, 'project' | 'region' | 'endpoint'>) => ModelArtsClient;
  /** The queue of `poll-jobs`. */
  follow: Queue;
  /** Where a function's messages go that it can do nothing with. */
  deadLetters: Queue;
};

/** What a function that acts uses besides. */
export type ActionServices = RemediationServices & {
  /** The function's own queue, for what is put off. */
  commands: Queue;
};
