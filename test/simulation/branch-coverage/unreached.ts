/**
 * Branches that no world takes, and the reason of all of one kind. Each place is `room/file.ts`, `room/file.ts function`, or
 * `room/file.ts function: a part of the line`. The file may lie in any folder of its room.
 */
export type Unreached = { why: string; where: readonly string[] };

export const unreached: readonly Unreached[] = [];
