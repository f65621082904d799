import type { NotifyTarget } from './rules.ts';
import { SECRET_PREFIX, type Secrets, secretNamesIn, withValues } from './secret-reference.ts';

/** The names of the secrets that recipients need, each once. */
export function secretNamesOf(targets: readonly NotifyTarget[]): string[] {
  return [...new Set(targets.flatMap((target) => textsOf(target).flatMap(secretNamesIn)))];
}

/**
 * The variables of secrets that recipients need and the environment does not have. An empty variable counts as missing.
 *
 * @param env the environment of this process; a deployment has its secrets elsewhere.
 */
export function missingVariables(
  targets: readonly NotifyTarget[],
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  return secretNamesOf(targets)
    .map((name) => SECRET_PREFIX + name)
    .filter((variable) => !env[variable]);
}

/** A target with the values of its secrets in place, or the names of those that are missing. */
export function revealed<Target extends NotifyTarget>(
  target: Target,
  secrets: Secrets,
): { target: Target; used: string[] } | { missing: string[] } {
  const names = secretNamesOf([target]);
  const missing = names.filter((name) => !secrets[name]);
  if (missing.length > 0) return { missing };
  const shown = { ...target };
  for (const [key, value] of Object.entries(target))
    if (typeof value === 'string')
      Object.assign(shown, { [key]: withValues(value, (name) => secrets[name] ?? '') });
  return { target: shown, used: names.flatMap((name) => secrets[name] ?? []) };
}

function textsOf(target: NotifyTarget): string[] {
  return Object.values(target).filter((value) => typeof value === 'string');
}
