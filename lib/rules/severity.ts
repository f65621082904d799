import type { RemediationState } from './state.ts';

/** In the words of PagerDuty's Events API v2, which other receivers of events know too; the gravest first. */
export const severityNames = ['critical', 'error', 'warning', 'info'] as const;

export type Severity = (typeof severityNames)[number];

/** The severity of a remediation's entry into a state. */
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

const OTHER_WORDS: Readonly<Record<string, Severity>> = {
  fatal: 'critical',
  emergency: 'critical',
  high: 'error',
  major: 'error',
  minor: 'warning',
  medium: 'warning',
  suggestion: 'info',
  low: 'info',
  notice: 'info',
};

/** The severity that a free word means, such as that of a `notify` rung. A word that is not known is a warning. */
export function severityOf(word: string): Severity {
  const small = word.toLowerCase();
  return severityNames.find((name) => name === small) ?? OTHER_WORDS[small] ?? 'warning';
}

/** Whether a severity is at least as grave as another. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return severityNames.indexOf(severity) <= severityNames.indexOf(least);
}
