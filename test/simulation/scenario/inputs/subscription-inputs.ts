import type { TOPICS } from '../../cloud/smn.ts';

/**
 * SMN says that a subscription to one of its topics waits for a confirmation, or has ended.
 *
 * `wrong`: `forged`: a stranger has changed the address that confirms it; `foreign`: the address is on another host; `old`: a stranger has
 * kept a good message for longer than an hour.
 */
export type SubscriptionInput = {
  kind: 'subscription';
  id: string;
  atMs: number;
  says: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
  topic: keyof typeof TOPICS;
  wrong?: 'forged' | 'foreign' | 'old';
  /** So many copies of the message come, each up to so much later. */
  copies?: number;
  copyLateMs?: number;
};
