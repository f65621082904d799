import * as z from 'zod';
import { canBeKey, SaneTime } from '#lib/bounds';

/** A remediation keeps up to 400 fingerprints. */
const MAX_FINGERPRINT = 200;
const MAX_LABELS = 60;
const MAX_TEXT = 1_000;

const Text = z.string('must be a text').min(1, 'must not be empty').max(MAX_TEXT);

const Labels = z
  .record(z.string().min(1).max(200), z.union([z.string().max(MAX_TEXT), z.number(), z.boolean()]), {
    error: 'must be an object of names and texts',
  })
  .refine((labels) => Object.keys(labels).length <= MAX_LABELS, `must have at most ${MAX_LABELS} entries`)
  .transform((labels) =>
    Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)])),
  );

/**
 * The data of an event that reports an alert: our own shape, for producers without one. A resolution needs the fingerprint, or the
 * labels and the node of its firing. Unknown fields are ignored.
 */
export const ReportedAlert = z.object({
  status: z
    .enum(['firing', 'resolved'], 'must be "firing" or "resolved"')
    .optional()
    .describe('Mandatory, unless the type of the event ends with .firing or .resolved.'),
  fingerprint: z
    .string('must be a text')
    .min(1)
    .refine(
      (text) => Buffer.byteLength(text) <= MAX_FINGERPRINT,
      `must have at most ${MAX_FINGERPRINT} bytes`,
    )
    .refine(canBeKey, 'must not be __proto__')
    .optional()
    .describe(
      'The identity of the alert: the same while it fires and when it resolves, and different from every other alert. Absent: computed from the source of the event, event, node and labels.',
    ),
  node: Text.optional().describe('The name or private address of the node. Rules read it as labels.node.'),
  pool: Text.optional().describe('The name or id of the pool. Rules read it as labels.pool.'),
  severity: Text.optional().describe('For when.severity. Absent: the label severity.'),
  event: Text.optional().describe(
    'For when.event, such as a fault code. Absent: the type of the event, if it is not one of Poolkeeper.',
  ),
  labels: Labels.optional().describe('For when.labels, node.from and pool.from.'),
  annotations: Labels.optional().describe('For when.annotations and people.'),
  startsAt: SaneTime.optional().describe(
    'The beginning of the alert, RFC 3339. Each beginning is an episode of its own. Absent: the alert begins when it is received, and it is one episode until it resolves.',
  ),
  endsAt: SaneTime.optional().describe(
    'The end of the alert, of a resolution. Absent: the time of the event, or of its receipt.',
  ),
});
export type ReportedAlert = z.output<typeof ReportedAlert>;
