import type { Renewable } from '#lib/renewable';
import type { Secrets } from '#lib/rules/secret-reference';

/** Secrets that never change. */
export function fixedSecrets(secrets: Secrets = {}): Renewable<Secrets> {
  return { current: () => Promise.resolve(secrets), renew: () => Promise.resolve(false) };
}
