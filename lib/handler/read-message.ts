import type * as z from 'zod';
import { beyondBounds, MESSAGE_BOUNDS } from '#lib/bounds';
import { describeIssues } from '#lib/issues';

/**
 * Reads one message of a queue. Never throws: it returns a problem in words, and the other messages of the batch go on.
 *
 * @param what the kind of message, in words that complete "the message is not ...".
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
      return { why: `the message has ${size} bytes; at most ${MESSAGE_BOUNDS.bytes} are read` };
    }
    const json: unknown = JSON.parse(body);
    const tooMuch = beyondBounds(json, MESSAGE_BOUNDS);
    if (tooMuch !== undefined) return { why: `the message ${tooMuch}` };
    const parsed = schema.safeParse(json);
    if (parsed.success) return { value: parsed.data };
    return { why: `the message is not ${what}: ${describeIssues(parsed.error)}` };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      why:
        error instanceof SyntaxError ? `the message is not JSON: ${detail}` : `it cannot be read: ${detail}`,
    };
  }
}
