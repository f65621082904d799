import * as z from 'zod';
import { nodeStates } from '#lib/console/pools/query';
import { Action, State, Text, Time } from './words.ts';

// The answers about pools and nodes.

const Hold = z.strictObject({ remediation: Text, action: Action, since: Time, disruptive: z.boolean() });

export const Pool = z
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

export const Node = z.strictObject(nodeFields).describe('A node as the last reading and the ledger show it');

export const NodeDetails = z
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
