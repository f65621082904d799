import { actions } from '#lib/actions/traits';

/**
 * The functions whose failed messages become dead letters. A function without a queue is invoked with an event: a dead letter of it has
 * no queue to return to.
 */
export const buryingFunctions: readonly { name: string; hasQueue: boolean }[] = [
  ...[...actions, 'enforce-tag-policy', 'poll-jobs', 'notify'].map((name) => ({ name, hasQueue: true })),
  ...['receive-alert', 'scale-node-pools'].map((name) => ({ name, hasQueue: false })),
];
