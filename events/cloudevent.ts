import * as z from 'zod';
import { SaneTime } from '#lib/bounds';

/** CloudEvents allows any length. A longer attribute than this is no name or address. */
const MAX_ATTRIBUTE = 2_048;

const Required = z
  .string({ error: ({ input }) => (input === undefined ? 'is mandatory' : 'must be a text') })
  .min(1, 'must not be empty')
  .max(MAX_ATTRIBUTE, `must have at most ${MAX_ATTRIBUTE} characters`);

/** RFC 3986: no spaces, no controls, and none of the characters that a reference must encode. */
const UriReference = Required.regex(/^[^\s\p{Cc}<>"{}|\\^`]+$/u, 'must be a URI reference (RFC 3986)');
const Uri = UriReference.regex(/^[A-Za-z][A-Za-z0-9+.-]*:/, 'must be an absolute URI, such as https://…');

const MediaType = z
  .string('must be a text')
  .max(MAX_ATTRIBUTE)
  .regex(/^\s*[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(?:;.*)?$/s, 'must be a media type, such as application/json');

const known = {
  id: Required,
  source: UriReference,
  specversion: z.literal('1.0', 'must be "1.0"'),
  type: Required,
  datacontenttype: MediaType.optional(),
  dataschema: Uri.optional(),
  subject: Required.optional(),
  time: SaneTime.optional(),
};

const Extension = z.union([z.string().max(MAX_ATTRIBUTE), z.int32(), z.boolean()], {
  error: 'must be a text, a whole number or a truth value: an attribute has no structure',
});

/**
 * The context attributes of an event. A name has lower-case letters and digits only.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes
 */
export const CloudEventContext = z.object(known).catchall(Extension).superRefine(refuseOddNames);
export type CloudEventContext = z.output<typeof CloudEventContext>;

function refuseOddNames(context: Record<string, unknown>, refinement: z.core.$RefinementCtx): void {
  for (const name of Object.keys(context)) {
    if (/^[a-z0-9]+$/.test(name)) continue;
    const message = 'is no name of an attribute: only lower-case letters and digits are';
    refinement.addIssue({ code: 'custom', path: [name], message, input: context });
  }
}
