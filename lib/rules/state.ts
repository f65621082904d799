/** The states of a remediation, in their usual order. */
export const remediationStates = [
  'observed',
  'skipped',
  'awaiting-approval',
  'deferred',
  'submitting',
  'running',
  'verifying',
  'succeeded',
  'failed',
  'escalated',
  'needs-human',
  'rejected',
] as const;

export type RemediationState = (typeof remediationStates)[number];
