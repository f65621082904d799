import * as z from 'zod';
import type { Remediation } from '#local/client/ledger';

const NodeUpdate = z.looseObject({
  action: z.string(),
  tags: z.array(z.looseObject({ key: z.string(), value: z.string() })).default([]),
});

/** A short description of a command: its action and, if the action has several kinds, its kind. */
export function commandText({ action, parameters }: Pick<Remediation, 'action' | 'parameters'>): string {
  if (action !== 'update-nodes') return action;
  const { success, data } = NodeUpdate.safeParse(parameters);
  if (!success) return action;
  return [action, data.action, ...data.tags.map(({ key, value }) => `${key}=${value}`)].join(' ');
}
