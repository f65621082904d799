import { contentId } from '#lib/hash';
import type { AlertReference } from '#lib/ledger/remediation';

/** Of several alerts that speak for one remediation, the one it is known by: the oldest, and of equals the first by name. */
export function leadingAlert<A extends AlertReference>(alerts: readonly [A, ...A[]]): A {
  return (
    alerts.toSorted(
      (a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt) || (a.fingerprint < b.fingerprint ? -1 : 1),
    )[0] ?? alerts[0]
  );
}

/**
 * The id of the remediation that an alert leads to. It rests on nothing but the rule, the pool and the alert itself, so that
 * every delivery of the alert, repeated, concurrent or years apart, comes to the same id.
 */
export function remediationId(
  rule: string,
  poolId: string,
  { fingerprint, startsAt }: AlertReference,
): string {
  return contentId(['remediation', rule, poolId, fingerprint, new Date(startsAt).toISOString()]);
}
