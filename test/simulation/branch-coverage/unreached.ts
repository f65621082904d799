/** Branches that no world takes, and why that is right. `code`: a part of the line; without it, the whole file. */
export type Unreached = { file: string; code?: string; kind?: string; why: string };

export const unreached: readonly Unreached[] = [];
