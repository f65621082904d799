import type { Queue } from '#lib/aws/queue';
import type { Clock } from '#lib/clock';
import type { Guard } from '#lib/guards/guard';
import type { Store } from '#lib/ledger/store';
import type { ModelArtsClient, SendOptions } from '#lib/modelarts/client';
import type { Action } from '#lib/rules/action';
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

/** What a function that acts on nodes uses besides. */
export type ActionServices = RemediationServices & {
  /** The function's own queue, for what is put off. */
  commands: Queue;
};

/** An action that is one call for many nodes and starts a job. `Body` is the request as the endpoint takes it. */
export type NodeAction<Body extends Record<string, unknown>> = {
  action: Action;
  /** What may stop it, each for one node; all are evaluated and recorded. */
  guards: readonly Guard[];
  /** The request for these nodes with a command's parameters. */
  request: (nodes: readonly string[], parameters: Readonly<Record<string, unknown>>) => Body;
  send: (
    client: ModelArtsClient,
    pool: string,
    body: Body,
    options: SendOptions,
  ) => Promise<{ jobId: string }>;
};
