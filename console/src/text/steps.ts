import type { Remediation } from '../types.ts';

/** The steps of every remediation, in their order. */
export const STEPS = [
  { name: 'accepted' },
  { name: 'checked' },
  { name: 'sent' },
  { name: 'carried out' },
  { name: 'verified' },
] as const;

/** The step that a remediation has reached, counted from 0, and whether it goes on, waits, ended well or ended otherwise. */
export type Reached = { at: number; is: 'going' | 'waiting' | 'good' | 'bad' | 'ended' };

export function reachedStep(remediation: Remediation): Reached {
  const { state } = remediation;
  switch (state) {
    case 'submitting':
      return { at: hasReceipt(remediation, 'intent') ? 2 : 1, is: 'going' };
    case 'deferred':
    case 'awaiting-approval':
      return { at: 1, is: 'waiting' };
    case 'running':
      return { at: 3, is: 'going' };
    case 'verifying':
      return { at: 4, is: 'going' };
    case 'succeeded':
      return { at: STEPS.length, is: 'good' };
    case 'failed':
    case 'needs-human':
    case 'escalated':
      return { at: furthest(remediation), is: 'bad' };
    case 'observed':
    case 'skipped':
    case 'rejected':
      return { at: furthest(remediation), is: 'ended' };
  }
}

/** The mark of one step. */
export function hasStep({ at, is }: Reached, step: number): 'done' | 'todo' | Reached['is'] {
  if (step < at) return 'done';
  return step === at ? is : 'todo';
}

function furthest(remediation: Remediation): number {
  if (hasReceipt(remediation, 'verify')) return 4;
  if (hasReceipt(remediation, 'job')) return 3;
  return hasReceipt(remediation, 'call') || hasReceipt(remediation, 'intent') ? 2 : 1;
}

function hasReceipt({ receipts }: Remediation, step: string): boolean {
  return receipts.some((receipt) => receipt.step === step);
}
