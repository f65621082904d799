import type * as z from 'zod';
import { beyondBounds, MESSAGE_BOUNDS } from '#lib/bounds';
import { describeIssues } from '#lib/issues';
import { readJson } from '#lib/read-json';

/**
 * Reads one message of a queue. It never throws: an unreadable message must not stop the others of its batch.
 *
 * @param what the kind of message, to complete the text "the message is not …", such as "a command"
 * @returns the value, or the reason why it is unreadable, for the dead letters.
 */
export function readMessage<Schema extends z.ZodType>(
  body: string,
  schema: Schema,
  what: string,
): { value: z.output<Schema> } | { why: string } {
  try {
    const size = Buffer.byteLength(body);
    if (size > MESSAGE_BOUNDS.bytes) {
      return { why: `the message has ${size} bytes; the limit is ${MESSAGE_BOUNDS.bytes}` };
    }
    const read = readJson(body, MESSAGE_BOUNDS);
    if ('why' in read) return { why: `the message ${read.why}` };
    const tooMuch = beyondBounds(read.value, MESSAGE_BOUNDS);
    if (tooMuch !== undefined) return { why: `the message ${tooMuch}` };
    const parsed = schema.safeParse(read.value);
    if (parsed.success) return { value: parsed.data };
    return { why: `the message is not ${what}: ${describeIssues(parsed.error)}` };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { why: `the message cannot be read: ${detail}` };
  }
}
