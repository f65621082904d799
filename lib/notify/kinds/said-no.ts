import * as z from 'zod';
import type { ReadReply } from './kind.ts';

/** A receiver that answers 200 and says in the body whether it has taken the message. 0: it has. */
type Codes = {
  /** The name of the field with the code. */
  field: string;
  /** Codes that pass, each with the pause in milliseconds that the receiver asks for. */
  passing: Readonly<Record<number, number>>;
};

/**
 * Reads the code in an answer of 2xx. A code that passes is a failure, so another try follows. Any other code is a refusal. An answer
 * without a code is one, too: it is no answer of this receiver.
 */
export function readCode({ field, passing }: Codes): ReadReply {
  const Reply = z.object({ [field]: z.number() });
  return ({ status, body }) => {
    if (status < 200 || status >= 300) return undefined;
    const reply = Reply.safeParse(jsonIn(body));
    if (!reply.success) return { outcome: 'refused', why: `answered ${status} without ${field}` };
    const code = Number(reply.data[field]);
    if (code === 0) return { outcome: 'told' };
    const why = `answered ${status} with ${field} ${code}`;
    const pauseMs = passing[code];
    return pauseMs === undefined
      ? { outcome: 'refused', why }
      : { outcome: 'failed', why, ...(pauseMs > 0 && { retryAfterMs: pauseMs }) };
  };
}

/** The value of a JSON text; undefined for any other text. */
export function jsonIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
