import * as z from 'zod';
import { remediationActions } from '#lib/actions/traits';
import { roles } from '#lib/callers';
import { nodeStates } from '#lib/console/pools/query';
import { DeliveryRecord } from '#lib/journal/delivery-record';
import { KEPT } from '#lib/ledger/listing/shown';
import { Receipt } from '#lib/ledger/receipts/receipt';
import { Fields, NodeOutcome } from '#lib/ledger/remediation-fields';
import { remediationStates } from '#lib/rules/state';

// The answers of the HTTP API. The functions build them without these schemas; test/openapi holds real answers against them.

const Time = z.iso.datetime();
const Text = z.string();
const Next = Text.describe('The cursor of the next page. Absent on the last page').optional();
const Unreadable = z
  .array(Text)
  .describe('Documents that this version cannot read. The log has the reasons')
  .optional();
const State = z.enum(remediationStates);
const Action = z.enum(remediationActions);

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

const Hold = z.strictObject({ remediation: Text, action: Action, since: Time, disruptive: z.boolean() });

const Pool = z
  .strictObject({
    id: Text,
    name: Text,
    reading: z.strictObject({ at: Time }).optional(),
    failing: z.strictObject({ since: Time, why: Text }).optional(),
    nodes: z.strictObject({
      total: z.int(),
      phases: z.record(Text, z.int()),
      states: z.record(z.enum(nodeStates), z.int()),
    }),
    outOfService: z.array(
      z.strictObject({
        node: Text,
        by: z.enum(['poolkeeper', 'others']),
        why: Text,
        remediation: Text.optional(),
      }),
    ),
    outOfServiceTotal: z.int(),
    held: z.array(z.strictObject({ node: Text.optional(), nodePool: Text.optional(), ...Hold.shape })),
    budget: z
      .strictObject({
        limit: z.int(),
        out: z.int(),
        free: z.int(),
        day: z.strictObject({ limit: z.int(), spent: z.int(), free: z.int() }),
        why: Text,
        exceededSince: Time.optional(),
      })
      .optional(),
    storm: z.strictObject({ since: Time, until: Time, nodes: z.int(), why: Text }).optional(),
    breaker: z
      .strictObject({
        state: z.enum(['open', 'careful']),
        failures: z.int(),
        openedAt: Time.optional(),
        openUntil: Time.optional(),
        why: Text,
      })
      .optional(),
    slowed: Text.optional(),
    window: z.strictObject({
      open: z.boolean(),
      why: Text,
      zone: Text.optional(),
      next: z.iso.datetime({ offset: true }).optional(),
    }),
    waiting: z.array(
      z.strictObject({
        remediation: Text,
        action: Action,
        since: Time,
        waitsFor: z.enum(['place', 'domain', 'time', 'approval']),
        until: Time,
        why: Text.optional(),
      }),
    ),
    waitingTotal: z.int(),
  })
  .describe('A pool as the last reading and the ledger show it');

const nodeFields = {
  node: Text,
  pool: Text,
  state: z.enum(nodeStates),
  why: Text,
  phase: Text.optional(),
  nodePool: Text.optional(),
  flavor: Text.optional(),
  address: Text.optional(),
  driver: z.strictObject({ phase: Text.optional(), version: Text.optional() }).optional(),
  supernode: Text.optional(),
  redundant: z.boolean().optional(),
  hold: Hold.optional(),
  cooldownUntil: Time.optional(),
  remediation: Text.optional(),
};

const Node = z.strictObject(nodeFields).describe('A node as the last reading and the ledger show it');

const NodeDetails = z
  .strictObject({
    ...nodeFields,
    history: z
      .strictObject({
        remediation: Text,
        root: Text.optional(),
        action: Text,
        calledAt: Time,
        endedAt: Time.optional(),
        outcome: Text.optional(),
      })
      .optional(),
    rounds: z.array(z.strictObject({ rule: Text, used: z.int(), limit: z.int().optional(), oldest: Time })),
    alerts: z.array(
      z.strictObject({
        alert: Text,
        name: Text.optional(),
        rule: Text.optional(),
        since: Text,
        delivery: Text.optional(),
      }),
    ),
    remediations: z.array(
      z.strictObject({ id: Text, action: Action, state: State, why: Text.optional(), createdAt: Time }),
    ),
    tags: z.record(
      Text,
      z.strictObject({ value: Text, at: Time, remediation: Text, policy: Text.optional() }),
    ),
  })
  .describe('A node with its history');

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
