import * as z from 'zod';
import type { DocumentKind } from './change.ts';
import { type DocumentKey, expiry } from './store.ts';

/** The remediation of an episode, and the rule, pool and node that the alert named. */
const About = z.object({ remediation: z.string(), rule: z.string(), pool: z.string(), node: z.string() });
export type About = z.output<typeof About>;

/** `lib/alerts/episode.ts` says what each field means. Times are epoch milliseconds, as a sender may claim any. */
const Episode = z.object({
  startsAtMs: z.number(),
  opening: z.int(),
  openedAtMs: z.number(),
  seenAtMs: z.number(),
  saidAtMs: z.number().optional(),
  closing: z
    .object({ receivedAtMs: z.number(), endsAtMs: z.number().optional(), lost: z.string().optional() })
    .optional(),
  state: z.enum(['nodata', 'error', 'unknown']).optional(),
  about: About.optional(),
});

/**
 * One alert of one source: its latest episodes. It is one document, so that a resolution closes all its episodes by one
 * conditional write.
 */
const AlertDocument = z.object({
  source: z.string(),
  fingerprint: z.string(),
  episodes: z.array(Episode),
  resolutions: z.array(
    z.object({
      startsAtMs: z.number(),
      endsAtMs: z.number().optional(),
      receivedAtMs: z.number(),
      lost: z.string().optional(),
    }),
  ),
  updatedAt: z.iso.datetime(),
});
export type AlertDocument = z.output<typeof AlertDocument>;

export const alertDocumentKind: DocumentKind<AlertDocument> = {
  name: 'alert',
  schema: AlertDocument,
  index: ({ updatedAt }) => expiry(updatedAt),
};

export function alertDocumentKey(source: string, fingerprint: string): DocumentKey {
  return { pk: alertPartition(source, fingerprint), sk: 'episodes' };
}

/** One alert that speaks for a remediation, as the guards see it. */
const AlertRecord = z.object({
  source: z.string(),
  fingerprint: z.string(),
  startsAt: z.iso.datetime({ offset: true }),
  status: z.enum(['firing', 'resolved', 'lost']),
  /** The sender's reason for an end that says nothing about the fault. */
  lost: z.string().optional(),
  /** When Poolkeeper received it last; of late deliveries, when its sender said so. */
  seenAt: z.iso.datetime(),
  resolvedAt: z.iso.datetime({ offset: true }).optional(),
  /** When it began by our clock. */
  beganAt: z.iso.datetime().optional(),
  remediation: z.string().optional(),
});
export type AlertRecord = z.output<typeof AlertRecord>;

/** The form of earlier versions: one document for each beginning of an alert. It is only read, and expires by itself. */
export const earlierAlertKind: DocumentKind<AlertRecord> = { name: 'alert', schema: AlertRecord };

export function earlierAlertKey(source: string, fingerprint: string, startsAt: string): DocumentKey {
  return { pk: alertPartition(source, fingerprint), sk: new Date(startsAt).toISOString() };
}

function alertPartition(source: string, fingerprint: string): string {
  return `alert#${source}#${fingerprint}`;
}
