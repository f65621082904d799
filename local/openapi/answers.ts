import * as z from 'zod';
import { roles } from '#lib/callers';
import { DeliveryRecord } from '#lib/journal/delivery-record';
import { KEPT } from '#lib/ledger/listing/shown';
import { Receipt } from '#lib/ledger/receipts/receipt';
import { Fields, NodeOutcome } from '#lib/ledger/remediation-fields';
import { remediationStates } from '#lib/rules/state';
import { Node, NodeDetails, Pool } from './pool-answers.ts';
import { State, Text, Time } from './words.ts';

// The answers of the HTTP API. The functions build them without these schemas; test/openapi holds real answers against them.

const Next = Text.describe('The cursor of the next page. Absent on the last page').optional();
const Unreadable = z
  .array(Text)
  .describe('Documents that this version cannot read. The log has the reasons')
  .optional();
/** Fields that only the code needs: `phase` belongs to the phases, not to the fields that all of them share. */
const hidden = Object.fromEntries(
  [...KEPT, 'outcomes' as const].filter((name) => name !== 'phase').map((name) => [name, true] as const),
);

const Remediation = z
  .strictObject({
    ...Object.fromEntries(Object.entries(Fields.shape).filter(([name]) => !(name in hidden))),
    state: State,
    nodeStates: z.record(Text, NodeOutcome).optional(),
    receipts: z.array(Receipt),
  })
  .describe('One remediation with its receipts: docs/reference/api.md');

const Event = z
  .strictObject({ delivery: Text, ...DeliveryRecord.omit({ id: true, part: true }).shape })
  .describe('A delivery, or a part of a large one, with the outcome of each alert');

const Percentiles = z.strictObject({ count: z.int(), p50: z.number(), p95: z.number() });

const Stats = z.strictObject({
  since: Text,
  until: Text.optional(),
  by: z.enum(['rule', 'action', 'pool', 'day']),
  groups: z.array(
    z.strictObject({
      key: Text.nullable(),
      total: z.int(),
      outcomes: z.partialRecord(State, z.int()),
      seconds: z.strictObject({
        toDecision: Percentiles.optional(),
        toCall: Percentiles.optional(),
        toHealthy: Percentiles.optional(),
      }),
      helpedAtRung: z.record(Text, z.int()),
      resolvedByItself: z.int(),
    }),
  ),
  truncated: z.literal(true).optional(),
  unreadable: Unreadable,
});

const Me = z.strictObject({
  name: Text,
  role: z.enum(roles),
  may: z.array(Text).describe('The routes that the caller may use'),
  system: z.strictObject({
    simulated: z.boolean(),
    project: Text.optional(),
    region: Text.optional(),
    version: Text,
    rules: Text.optional().describe('The first 12 digits of the SHA-256 of the rules file'),
  }),
});

const Received = z
  .looseObject({
    remediations: z.array(z.looseObject({ id: Text, rule: Text, node: Text, state: State })),
    ignored: z.array(z.looseObject({ alert: Text, why: Text })),
    more: z.int().optional(),
  })
  .describe('The outcome of each alert of a delivery');

const DeadLetter = z
  .strictObject({
    id: Text,
    function: Text,
    at: Time,
    sentAt: Time.optional(),
    what: Text,
    reason: Text.optional(),
    receives: z.int().optional(),
    errors: z.array(z.strictObject({ at: Time.optional(), text: Text })),
    remediation: Text.optional(),
    state: z.enum([...remediationStates, 'absent', 'unknown']).optional(),
    advice: Text,
    worthRedriving: z.boolean(),
    canRedrive: z.boolean(),
  })
  .describe('A message that no function could process');

const Problem = z
  .looseObject({
    type: Text,
    title: Text,
    status: z.int(),
    detail: Text,
    errors: z.array(z.looseObject({ field: Text, message: Text })).optional(),
  })
  .describe('A refusal (RFC 9457)');

/** The answers, by the names that the document gives them. */
export const answers = {
  Remediation,
  Remediations: z.strictObject({ remediations: z.array(Remediation), next: Next, unreadable: Unreadable }),
  Event,
  Events: z.strictObject({ events: z.array(Event), next: Next, unreadable: Unreadable }),
  Pool,
  Pools: z.strictObject({ pools: z.array(Pool), next: Next }),
  Node,
  Nodes: z.strictObject({ nodes: z.array(Node), next: Next }),
  NodeDetails,
  Stats,
  Me,
  Health: z.strictObject({ status: z.literal('ok') }),
  Accepted: z.strictObject({ id: Text }),
  Received,
  DeadLetters: z.strictObject({
    deadLetters: z.array(DeadLetter),
    next: Next,
    hidden: z.int().optional(),
    more: z.array(Text).optional(),
  }),
  Redriven: z.strictObject({ id: Text, function: Text, remediation: Text.optional(), advice: Text }),
  Problem,
} as const satisfies Record<string, z.ZodType>;
export type AnswerName = keyof typeof answers;
