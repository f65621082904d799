import { expect, test } from 'vitest';
import * as z from 'zod';
import { SaneTime } from '#lib/bounds';
import { describeIssues } from '#lib/issues';
import { ListQuery } from '#lib/ledger/listing/query';

test.each<[z.ZodType, unknown, string]>([
  [z.string(), undefined, 'is missing'],
  [z.string(), 3, 'must be text'],
  [z.coerce.number(), 'x', 'must be a number'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.boolean(), 'x', 'must be true or false'],
  [z.array(z.string()), {}, 'must be a list'],
  [z.object({}), 3, 'must be an object'],
  [z.record(z.string(), z.string()), 3, 'must be an object'],
  [z.enum(['act', 'observe']), 'x', 'must be one of act, observe'],
  [z.enum(['refresh', '']), 'x', 'must be one of refresh, empty'],
  [z.literal('4'), 'x', 'must be 4'],
  [z.string().min(1), '', 'must not be empty'],
  [z.array(z.string()).min(1), [], 'must not be empty'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 entries'],
  [z.string().min(2), 'a', 'must have at least 2 characters'],
  [z.number().max(100), 500, 'must be at most 100'],
  [z.number().min(1), 0, 'must be at least 1'],
  [z.number().gt(0), 0, 'must be more than 0'],
  [
    z.discriminatedUnion('action', [
      z.object({ action: z.literal('a') }),
      z.object({ action: z.literal('b') }),
    ]),
    { action: 'c' },
    'action: must be one of a, b',
  ],
  [z.string('is no name'), 3, 'is no name'],
  [SaneTime, '1h', 'must be a time such as 2026-11-20T10:00:00Z'],
  [
    ListQuery,
    { action: 'x', limit: '0' },
    expect.stringMatching(/^action: must be one of .*; limit: must be/),
  ],
])('%# the mistake has one reason in plain words', (schema, value, reason) => {
  const { error } = schema.safeParse(value);
  expect(error && describeIssues(error)).toEqual(reason);
});
