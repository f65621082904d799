import type { Role } from '#lib/callers';
import type { Person } from './by-role.ts';

/**
 * The facts about a deployment that people see: whether its ModelArts is a simulator, its usual project and region, its own version, and the
 * version of its rules file (`VersionedRules`).
 */
export type SystemFacts = {
  simulated: boolean;
  project?: string;
  region?: string;
  version: string;
  rules?: string;
};

/** The answer of `GET /me`. `may`: the routes that the caller may ask for. */
export type ShownCaller = { name: string; role: Role; may: string[]; system: SystemFacts };

/** The answer to a caller of the console who asks about itself. `may`: the keys of its routes. */
export function showCaller(
  { name, role }: Person,
  may: readonly string[],
  { system }: { system: SystemFacts },
): ShownCaller {
  return { name, role, may: [...may], system };
}
