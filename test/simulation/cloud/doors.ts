/** The tokens that each door takes: a new one and the one before. The ledger calls their holder `ops`. */
export const TOKENS = {
  'receive-alert': ['webhook-token-new-0001', 'webhook-token-old-0001'],
  console: ['console-token-new-0001', 'console-token-old-0001'],
} as const;

/** Tokens of people who may not do everything at the console, by their roles. */
export const LOW_TOKENS = {
  read: 'console-token-read-0001',
  command: 'console-token-command-0001',
  approve: 'console-token-approve-0001',
} as const;

/** The names of these people in the ledger. */
export const LOW_NAMES = { read: 'reader', command: 'commander', approve: 'chief' } as const;

/** Tokens of senders that may not report everything, and one that is valid no more. */
export const SENDER_TOKENS = {
  'team-a': 'sender-token-team-a-0001',
  'team-s': 'sender-token-team-s-0001',
  kube: 'sender-token-kube-0001',
  retired: 'sender-token-retired-0001',
} as const;

export type Door = keyof typeof TOKENS;

/** A request to one of the doors. `token` absent: the right one. `null`: none at all. */
export type DoorRequest = {
  route: string;
  path?: Record<string, string>;
  query?: Record<string, string>;
  /** Sent as it is where it is a text. */
  body?: unknown;
  authorization?: string | null;
  /** Besides the usual ones, or in their place. */
  headers?: Record<string, string>;
};
