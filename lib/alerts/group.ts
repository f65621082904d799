import type { Finding } from './decide.ts';
import { targetText } from './target.ts';

/** The findings of each remediation: of the same rule, the same pool and the same target as the sender named it. */
export function groupByRemediation(findings: readonly Finding[]): [Finding, ...Finding[]][] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule.name, finding.pool.id, targetText(finding.target)]);
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()];
}
