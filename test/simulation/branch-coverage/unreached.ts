/**
 * Branches that no world takes, and the reason of all of one kind. Each place is `file.ts`, `file.ts function`, or
 * `file.ts function: a part of the line`, so that it outlives lines and folders. A folder before the name tells files of one
 * name from each other.
 */
export type Unreached = { why: string; where: readonly string[] };

export const unreached: readonly Unreached[] = [];
