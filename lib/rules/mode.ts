/** What a rule does: call the API, only record what it would have called, or record it and wait for an approval. */
export const modes = ['act', 'observe', 'approve'] as const;

export type Mode = (typeof modes)[number];
