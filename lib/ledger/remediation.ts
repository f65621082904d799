import * as z from 'zod';
import type { DocumentKind } from './change.ts';
import { type ENDS, type Phase, stateIn } from './phase.ts';
import { isOnChain } from './receipts/receipt-chain.ts';
import { Fields, Ladder, Plan, type RemediationFields } from './remediation-fields.ts';
import { type DocumentKey, expiry } from './store.ts';

function ended<const End extends (typeof ENDS)[number]>(end: End) {
  return Fields.extend({ phase: z.literal(end), state: z.literal(end) });
}

/** A remediation in its phase, with the fields that it must have there and the state that people and the indexes know. */
const Remediation = z.discriminatedUnion(
  'phase',
  [
    Fields.extend({ phase: z.literal('undecided'), state: z.literal('submitting') }),
    Fields.extend({
      phase: z.literal('waiting'),
      state: z.literal('deferred'),
      deferrals: z.number().int(),
      deferredUntil: z.iso.datetime(),
    }),
    Fields.extend({ phase: z.literal('planned'), state: z.literal('awaiting-approval'), plan: Plan }),
    Fields.extend({
      phase: z.literal('calling'),
      state: z.literal('submitting'),
      callId: z.string(),
      intendedAt: z.iso.datetime(),
    }),
    Fields.extend({ phase: z.literal('running'), state: z.literal('running'), callId: z.string() }),
    Fields.extend({ phase: z.literal('verifying'), state: z.literal('verifying'), callId: z.string() }),
    Fields.extend({
      phase: z.literal('rung-failed'),
      state: z.enum(['submitting', 'verifying']),
      ladder: Ladder.required(),
    }),
    ended('observed'),
    ended('skipped'),
    ended('succeeded'),
    ended('failed'),
    ended('escalated'),
    ended('needs-human'),
    ended('rejected'),
  ],
  { error: 'it has no phase of this version: another version wrote it. Begin with an empty ledger' },
);
export type Remediation = z.output<typeof Remediation>;

/** A remediation cannot be in a phase, or may not enter it from its own: an error in the code. */
export class IllegalPhaseError extends Error {
  override name = 'IllegalPhaseError';
}

/**
 * A remediation in a phase.
 *
 * @throws IllegalPhaseError if it lacks a field that the phase needs.
 */
export function inPhase(fields: RemediationFields, phase: Phase, state = stateIn(phase)): Remediation {
  const parsed = Remediation.safeParse({ ...fields, phase, state });
  if (parsed.success) return parsed.data;
  const why = z.prettifyError(parsed.error);
  throw new IllegalPhaseError(`Remediation ${fields.id} cannot be ${phase}: ${why}`);
}

/** The time bucket of the listing index: a month, so that no partition grows without limit. */
export function timeBucket(isoTime: string): string {
  return `remediations#${isoTime.slice(0, 7)}`;
}

export const remediationKind: DocumentKind<Remediation> = {
  name: 'remediation',
  schema: Remediation,
  index: ({ id, pool, state, createdAt, updatedAt, stateSince = createdAt, untold: [first] = [] }) => ({
    timeBucket: timeBucket(createdAt),
    timeKey: `${createdAt}#${id}`,
    pool,
    state,
    // Constant within a state, because each move within the index costs a write.
    stateKey: `${stateSince}#${id}`,
    ...(first && { outbox: 'untold', outboxKey: `${first.since}#${id}` }),
    ...expiry(updatedAt),
  }),
  hasWrite: (store, { id, receiptChain }, writeId) =>
    isOnChain(store, remediationKey(id).pk, receiptChain, writeId),
};

export function remediationKey(id: string): DocumentKey {
  return { pk: `remediation#${id}`, sk: '-' };
}
