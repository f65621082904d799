import type { Guard } from './guard.ts';

/** Poolkeeper works on a pool with windows only inside of one. A schedule of the rules file has named its own time. */
export const windowOpen: Guard = ({ window, remediation: { scheduledBy } }) => {
  const guard = 'window';
  if (scheduledBy !== undefined)
    return { guard, allowed: true, why: 'a schedule of the rules file names its own time' };
  if (window.open) return { guard, allowed: true, why: window.why };
  const { why, opensAt } = window;
  return { guard, allowed: false, why, ...(opensAt !== undefined && { defers: true, until: opensAt }) };
};
