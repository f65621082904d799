import * as z from 'zod';
import { PoolReference } from './name.ts';
import { isNot } from './wording.ts';

const topicError = isNot('the whole URN of a topic: urn:smn:{region}:{project_id}:{topic name}');
const fingerprintError = isNot(
  'the SHA-256 fingerprint of a certificate: 32 pairs of hex digits with colons between them',
);

const TopicUrn = z
  .string({ error: topicError })
  .regex(/^urn:smn:[a-z0-9-]{1,64}:[A-Za-z0-9]{1,64}:[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/, {
    error: topicError,
  });

const Fingerprint = z
  .string({ error: fingerprintError })
  .regex(/^(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}$/, { error: fingerprintError })
  .transform((text) => text.toUpperCase());

const Smn = z.strictObject({
  topics: z
    .array(TopicUrn)
    .min(1)
    .describe(
      'The topics whose messages are accepted and whose subscriptions are confirmed, by their URNs. SMN signs for all of its customers with one key, so messages of other topics are refused.',
    ),
  certificates: z
    .array(Fingerprint)
    .prefault([])
    .describe(
      'SHA-256 fingerprints of signing certificates that are believed although their name or their issuer is not as expected. Rarely needed.',
    ),
});

/** The trusted senders of alerts that need no token. */
export const Sources = z.strictObject({
  smn: Smn.exactOptional().describe(
    'Huawei SMN, which carries alarms of Cloud Eye and AOM. Absent: none is accepted.',
  ),
});

const Sender = z.strictObject({
  pools: z
    .array(PoolReference)
    .min(1)
    .describe('The pools of this file that the alerts of this sender may reach. Others are ignored.'),
});

const senderError = isNot('the name of a token, or the URN of a topic: 1 to 400 characters');

/** Limits of senders, by the names of their tokens or the URNs of their topics. */
export const Senders = z.record(
  z.string({ error: senderError }).regex(/^.{1,400}$/, { error: senderError }),
  Sender,
);
