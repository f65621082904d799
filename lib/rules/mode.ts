/** `act`: call the API. `observe`: only record the call. `approve`: record the call, and wait for a person's approval. */
export const modes = ['act', 'observe', 'approve'] as const;

export type Mode = (typeof modes)[number];
