import type { ShownState } from '#lib/ledger/listing/shown';
import type { RemediationState } from '#lib/rules/state';

/** The severity of a state, in the words of PagerDuty's Events API v2, which other receivers of events know too. */
export type Severity = 'critical' | 'error' | 'warning' | 'info';

export const severities: Record<RemediationState, Severity> = {
  observed: 'info',
  skipped: 'info',
  'awaiting-approval': 'warning',
  deferred: 'info',
  submitting: 'info',
  running: 'info',
  verifying: 'info',
  succeeded: 'info',
  failed: 'error',
  escalated: 'warning',
  'needs-human': 'critical',
  rejected: 'info',
};

/** The task of a person for a remediation in a state. Undefined: none. */
export function toDo({ id, state, plan }: ShownState): string | undefined {
  if (state === 'needs-human')
    return 'Poolkeeper does nothing more about it. Look at the target and its jobs in the ModelArts console';
  if (state === 'failed') return 'nothing more is tried. Look at the target in the ModelArts console';
  if (state === 'awaiting-approval' && plan)
    return `look at the plan, which can be approved for a day from ${plan.at ?? 'its making'}: POST /remediations/${id}/approve or …/reject with { "hash": "${plan.hash}" }`;
  return undefined;
}
