import { authorization, type ShownToken } from '#local/client/authorization';
import type { Remediation } from '#local/client/ledger';

/** The shell commands that approve and reject the waiting plan of a remediation. Empty if no plan waits. */
export function approvalLines(
  { id, state, plan }: Pick<Remediation, 'id' | 'state' | 'plan'>,
  { url, consoleToken }: { url: string; consoleToken: ShownToken },
): { what: string; lines: string[] }[] {
  if (state !== 'awaiting-approval' || plan === undefined) return [];
  const decision = JSON.stringify({ hash: plan.hash });
  const lines = (verb: string) => [
    `curl -H ${authorization(consoleToken)} \\`,
    `  -d '${decision}' \\`,
    `  ${url}/remediations/${encodeURIComponent(id)}/${verb}`,
  ];
  return [
    { what: 'To approve exactly this plan:', lines: lines('approve') },
    { what: 'To reject it:', lines: lines('reject') },
  ];
}
