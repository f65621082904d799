import * as z from 'zod';
import { remediationActions } from '#lib/actions/traits';
import { SaneTime } from '#lib/bounds';
import type { Remediation } from '#lib/ledger/remediation';
import { type RemediationState, remediationStates } from '#lib/rules/state';
import { Cursor } from './cursor.ts';

const Name = z.string().min(1).max(200);

/** One state, or several with commas between. An API Gateway joins repeated parameters in that way. */
const States = z
  .string()
  .max(400)
  .transform((text, context): RemediationState[] => {
    const states = z.array(z.enum(remediationStates)).safeParse(text.split(',').map((one) => one.trim()));
    if (states.success) return [...new Set(states.data)];
    context.addIssue({ code: 'custom', message: `must be one of ${remediationStates.join(', ')}` });
    return z.NEVER;
  });

/** The filters of a list. */
export const ListQuery = z.strictObject({
  /** By its name in the rules file, or its id. */
  pool: Name.optional(),
  node: z.string().min(1).max(253).optional(),
  state: States.optional(),
  rule: Name.optional(),
  action: z.enum(remediationActions).optional(),
  /** The first and the last time of acceptance. */
  since: SaneTime.optional(),
  until: SaneTime.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** Whether the list has the receipts. Without them a page is a few requests of the table, and with them one or more for each entry. */
  receipts: z.enum(['all', 'none']).default('all'),
  /** `next` of the page before. */
  cursor: Cursor.optional(),
});
export type ListQuery = z.output<typeof ListQuery>;

/** The filters by the content of a remediation. `pool`: its id. */
export type ListFilter = Pick<ListQuery, 'pool' | 'state' | 'rule' | 'action' | 'since' | 'until'>;

export function passes({ pool, state, rule, action, createdAt }: Remediation, filter: ListFilter): boolean {
  const acceptedMs = Date.parse(createdAt);
  return (
    (filter.pool === undefined || pool === filter.pool) &&
    (filter.state === undefined || filter.state.includes(state)) &&
    (filter.rule === undefined || rule === filter.rule) &&
    (filter.action === undefined || action === filter.action) &&
    (filter.since === undefined || acceptedMs >= Date.parse(filter.since)) &&
    (filter.until === undefined || acceptedMs <= Date.parse(filter.until))
  );
}
