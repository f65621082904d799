import * as z from 'zod';
import { SaneTime } from '#lib/bounds';

/**
 * A value of one line. The text that SMN signs has one line for each name and one for each value, so a line break in a value
 * could shift a part of it into another field.
 */
const Line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u, 'must be one line without control characters');

const Base64 = z
  .string()
  .max(2_000)
  .refine(
    (text) => text !== '' && Buffer.from(text, 'base64').toString('base64') === text,
    'must be base64 in its canonical form',
  );

/** An absent, empty or null subject is not part of the signed text. */
const Subject = z.preprocess(
  (value) => (value === '' ? undefined : (value ?? undefined)),
  Line(2_000).optional(),
);

const Shared = {
  message_id: z.string().regex(/^[A-Za-z0-9-]{1,128}$/, 'must be 1 to 128 letters, digits and hyphens'),
  topic_urn: Line(500),
  message: z.string().refine((text) => text.isWellFormed(), 'must be Unicode without halves of characters'),
  /** As the sender wrote it: it is part of the signed text. */
  timestamp: SaneTime,
  signature: Base64,
  /** The pages write both. */
  signature_version: z.enum(['v1', 'V1'], 'must be "v1": no page describes another version'),
  signing_cert_url: z.string().max(1_000),
};

/**
 * A message of Huawei SMN to an HTTP(S) subscriber. Unknown fields are ignored. Nothing in it is true before its signature was
 * checked.
 *
 * @see https://support.huaweicloud.com/intl/en-us/usermanual-smn/smn_ug_a9002.html
 */
export const SmnMessage = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('Notification'), subject: Subject, ...Shared }),
    z.object({ type: z.literal('SubscriptionConfirmation'), subscribe_url: Line(2_000), ...Shared }),
    z.object({ type: z.literal('UnsubscribeConfirmation'), subscribe_url: Line(2_000), ...Shared }),
  ],
  {
    error: ({ input }) =>
      typeof input === 'object' && input !== null
        ? 'must be "Notification", "SubscriptionConfirmation" or "UnsubscribeConfirmation"'
        : 'must be the object that SMN sends to an HTTPS subscriber',
  },
);
export type SmnMessage = z.output<typeof SmnMessage>;
