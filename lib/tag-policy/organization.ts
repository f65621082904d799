import type { OrganizationTagPolicy } from '#events/tag-policy';
import type { TagDemand } from './comparison/policy.ts';

/** The demands of an Organizations tag policy, tag by tag. */
export function demandsOf({ tags }: OrganizationTagPolicy): TagDemand[] {
  return Object.entries(tags).map(([policyKey, { tag_key: spelling, tag_value: values }]) => {
    const key = spelling?.['@@assign'] ?? policyKey.toLowerCase();
    if (!values) return { key };
    const { '@@assign': assigned = [], '@@append': appended = [], '@@remove': removed = [] } = values;
    const allowed = [...new Set([...assigned, ...appended])].filter((value) => !removed.includes(value));
    if (allowed.length === 0) return { key };
    const value = allowed.find((candidate) => !candidate.includes('*'));
    return { key, allowed, ...(value !== undefined && { value }) };
  });
}
